// CREATE FUNCTION edits(a varchar, b varchar) RETURNS integer LANGUAGE wasm AS '.../distance.wasm'
//
// The Levenshtein distance of two texts, byte by byte.
#include "glaux.h"

#define MOST 1024
static int32_t line[MOST + 1];

static int32_t edits_of(const uint8_t *a, uint32_t n, const uint8_t *b, uint32_t m) {
  if (m > MOST) glaux_fail("a text has more than 1024 bytes", 31);
  for (uint32_t j = 0; j <= m; j++) line[j] = j;
  for (uint32_t i = 1; i <= n; i++) {
    int32_t corner = line[0];
    line[0] = i;
    for (uint32_t j = 1; j <= m; j++) {
      int32_t up = line[j], best = corner + (a[i - 1] != b[j - 1]);
      if (up + 1 < best) best = up + 1;
      if (line[j - 1] + 1 < best) best = line[j - 1] + 1;
      corner = up;
      line[j] = best;
    }
  }
  return line[m];
}

EXPORT(edits) int32_t edits(uint32_t rows, const struct column *in, struct column *out) {
  const uint32_t *a = in[0].values, *b = in[1].values;
  int32_t *to = out->values;
  for (uint32_t i = 0; i < rows; i++)
    to[i] = edits_of(in[0].data + a[i], a[i + 1] - a[i], in[1].data + b[i], b[i + 1] - b[i]);
  return 0;
}
