// How many text messages a text is cut into on its way; conversations/segments.py says by which rules.
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const DOUBLE = new Set("^{}\\[~]|€\f");

export const segmentsOf = (text) => {
  const signs = [...text];
  const isUnicode = signs.some((sign) => !BASIC.has(sign) && !DOUBLE.has(sign));
  const widths = signs.map((sign) => (isUnicode ? sign.length : DOUBLE.has(sign) ? 2 : 1));
  const places = widths.reduce((sum, width) => sum + width, 0);
  const [alone, part] = isUnicode ? [70, 67] : [160, 153];
  if (places <= alone) return { count: places ? 1 : 0, places, isUnicode };
  let count = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > part) [count, used] = [count + 1, 0];
    used += width;
  }
  return { count, places, isUnicode };
};
