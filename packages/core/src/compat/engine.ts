/** The one engine that the Go system knew: what runs a model, or an inference, of which nobody says what runs it. */
export const goEngine = "llama.cpp";
