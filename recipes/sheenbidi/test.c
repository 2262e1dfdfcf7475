// A line of Latin letters, Hebrew letters and a number, in the order in which it is shown.
#include <stdio.h>
#include <string.h>

#include <SheenBidi/SheenBidi.h>

int main(void) {
  const SBUInt32 text[] = {'a', 'b', ' ', 0x5d0, 0x5d1, ' ', '1', '2', ' ', 'c'};
  const SBUInteger length = sizeof text / sizeof *text;
  SBCodepointSequence sequence = {SBStringEncodingUTF32, (void *)text, length};
  SBAlgorithmRef algorithm = SBAlgorithmCreate(&sequence);
  SBParagraphRef paragraph = SBAlgorithmCreateParagraph(algorithm, 0, length, SBLevelDefaultLTR);
  const SBLevel levels[] = {0, 0, 0, 1, 1, 1, 2, 2, 0, 0};
  if (SBParagraphGetBaseLevel(paragraph) != 0) return 1;
  if (memcmp(SBParagraphGetLevelsPtr(paragraph), levels, sizeof levels)) return 2;

  SBLineRef line = SBParagraphCreateLine(paragraph, 0, length);
  const SBUInteger offsets[] = {0, 6, 3, 8};
  const SBRun *runs = SBLineGetRunsPtr(line);
  if (SBLineGetRunCount(line) != 4) return 3;
  for (int i = 0; i < 4; i++)
    if (runs[i].offset != offsets[i]) return 4;
  SBLineRelease(line);
  SBParagraphRelease(paragraph);
  SBAlgorithmRelease(algorithm);
  puts("ok");
  return 0;
}
