import { thoughtTokens } from "./special-tokens.ts";

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

/** How a conversation becomes one text; what chat frameworks find in the file. */
export const chatTemplates = { chatMl, thinking } as const;
