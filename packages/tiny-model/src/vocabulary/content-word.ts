/** Words that say nothing of what a text is about. */
const empty = new Set(
  `a an the this that these those there here it its he she they them their we our us you your i me my his her
   am is are be been was were do did done does has had have can could will would shall should may might must not no don please
   what when where which who whom how whose why if and or so but because than then while until although both either neither each every some
   all any many much more most as of in on at by for from with without about into over under between after before during against through
   up down out off to always very just too also s t re ve m ll d`.split(/\s+/),
);

/**
 * The word that a token of the file stands for, in lower case, if it is one that tells what a text is about; undefined for bytes, marks and
 * words such as "the".
 */
export function contentWord(token: string): string | undefined {
  const word = token.replace(/^Ġ/u, "").toLowerCase();
  if (!/^[a-z]{2,}$/u.test(word)) return undefined;
  return empty.has(word) ? undefined : word;
}
