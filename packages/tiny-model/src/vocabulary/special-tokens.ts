/** ChatML's marks. `end` is the end of a turn and of generation; `text` separates documents and is never put in by itself. */
export const specialTokens = { text: "<|endoftext|>", start: "<|im_start|>", end: "<|im_end|>" } as const;

/** Around a thought, in a model that thinks. Not marks: like such models' own, they are told in any text, and are part of what is said. */
export const thoughtTokens = { start: "<think>", end: "</think>" } as const;

/** Around what servers read: the tools that a message comes with, and a call. They are part of what is said, as thoughts' are. */
export const toolTokens = {
  offer: "<tools>",
  offerEnd: "</tools>",
  call: "<tool_call>",
  callEnd: "</tool_call>",
} as const;

const opensAnswer = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** ChatML, spelt so that chat frameworks recognise it. */
const chatMl =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}" +
  opensAnswer;

/**
 * ChatML with thoughts, and no line break between turns: node-llama-cpp compares what templates make of conversations without thoughts, and would
 * take it for plain ChatML otherwise, whose wrapper knows none.
 */
const thinking =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n'}}" +
  `{% if message['reasoning_content'] %}{{'${thoughtTokens.start}' + message['reasoning_content'] + '${thoughtTokens.end}'}}{% endif %}` +
  `{{message['content'] + '<|im_end|>'}}{% endfor %}${opensAnswer}`;

const { offer, offerEnd, call, callEnd } = toolTokens;

/**
 * ChatML with tools in the form that Hermes and Qwen brought up. They stand in the last message while it is a user's: once a call has its result
 * they are no longer offered, and the model answers.
 */
const tools =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n'}}" +
  `{% if tools and loop.last and message['role'] == 'user' %}{{'${offer}'}}{% for tool in tools %}{{tool | tojson}}{% endfor %}{{'${offerEnd}'}}{% endif %}` +
  "{% if message['content'] %}{{message['content']}}{% endif %}" +
  "{% for tool_call in message['tool_calls'] %}" +
  `{{'${call}{"name": "' + tool_call['function']['name'] + '", "arguments": ' + (tool_call['function']['arguments'] | tojson) + '}${callEnd}'}}` +
  `{% endfor %}{{'<|im_end|>' + '\\n'}}{% endfor %}${opensAnswer}`;

/** How a conversation becomes one text; what chat frameworks find in the file. */
export const chatTemplates = { chatMl, thinking, tools } as const;
