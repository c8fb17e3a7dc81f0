// Our deblocking filters of AV1 against dav1d's C functions.
#define BITDEPTH 8
#include "config.h"

#include "src/loopfilter.h"

#include "check.h"

void __real_dav1d_loop_filter_dsp_init_8bpc(Dav1dLoopFilterDSPContext *context);

static uint8_t levels[64][4][4];
static uint32_t mask[3];
static Av1FilterLUT limits;

// 16 units at most: what fits into the picture. Every unit has at most one filter; some levels are 0.
static void choose_edges(int planes) {
  memset(mask, 0, sizeof(mask));
  int count = between(1, 16), most = between(0, 63), is_dense = between(0, 1), only = between(-1, planes - 1);
  for (int i = 0; i < count; i++)
    if (is_dense || between(0, 1))
      mask[only >= 0 ? only : between(0, planes - 1)] |= 1u << i;
  for (int i = 0; i < 64; i++)
    for (int j = 0; j < 4; j++)
      levels[i][j][0] = between(0, 7) ? most : between(0, most);
  int sharpness = between(0, 7);
  for (int level = 0; level < 64; level++) {
    int limit = level >> ((sharpness + 3) >> 2);
    if (sharpness && limit > 9 - sharpness)
      limit = 9 - sharpness;
    limits.i[level] = limit > 1 ? limit : 1;
    limits.e[level] = 2 * (level + 2) + limits.i[level];
  }
}

int main(void) {
  Dav1dLoopFilterDSPContext c, k;
  __real_dav1d_loop_filter_dsp_init_8bpc(&c);
  dav1d_loop_filter_dsp_init_8bpc(&k);
  for (int plane = 0; plane < 2; plane++)
    for (int direction = 0; direction < 2; direction++)
      for (int repeat = 0; repeat < 10; repeat++) {
        ptrdiff_t at, level_stride = direction ? 64 : 4;
        CHECK("loop_filter_sb", plane, direction, loopfilter_sb_fn, c.loop_filter_sb[plane][direction],
              k.loop_filter_sb[plane][direction],
              f(out + at, STRIDE, mask, (const uint8_t(*)[4])levels + (direction ? 64 : 1), level_stride, &limits, 16),
              at = direction ? 40 * STRIDE + 48 : place(4) - 20 * STRIDE, choose_edges(plane ? 2 : 3));
      }
  return report("AV1 loop filters");
}
