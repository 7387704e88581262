/** What `createUIMessageStreamResponse` of ai 7.0.173 sends, byte by byte. */
export const uiMessages = [
  '{"type":"start","messageId":"m1"}',
  '{"type":"start-step"}',
  '{"type":"reasoning-start","id":"r1"}',
  '{"type":"reasoning-delta","id":"r1","delta":"Hm, tée"}',
  '{"type":"reasoning-end","id":"r1"}',
  '{"type":"text-start","id":"t1"}',
  '{"type":"text-delta","id":"t1","delta":"Tea 🍵"}',
  '{"type":"text-end","id":"t1"}',
  '{"type":"finish-step"}',
  '{"type":"finish","finishReason":"stop"}',
  "[DONE]",
].map((data) => `data: ${data}\n\n`);

/** What llama-server sends, without its ids. */
export const chatCompletion = [
  '{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"object":"chat.completion.chunk"}',
  '{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Léte"}}],"object":"chat.completion.chunk"}',
  '{"choices":[{"finish_reason":null,"index":0,"delta":{"content":" me"}}],"object":"chat.completion.chunk"}',
  '{"choices":[{"finish_reason":"length","index":0,"delta":{}}],"object":"chat.completion.chunk"}',
  "[DONE]",
].map((data) => `data: ${data}\n\n`);

/** What llama-server sends of OpenAI's responses, without what is not read. */
export const responses = [
  'event: response.created\ndata: {"type":"response.created","response":{"status":"in_progress","error":null}}\n\n',
  'event: response.content_part.added\ndata: {"type":"response.content_part.added","part":{"type":"output_text","text":""}}\n\n',
  'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"Let"}\n\n',
  'event: response.completed\ndata: {"type":"response.completed","response":{"status":"completed"}}\n\n',
];

export const plainLines = ["data: Let\n\n", "data: me\n\n"];
