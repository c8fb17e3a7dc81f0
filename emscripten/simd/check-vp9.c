// VP9's kernels beside FFmpeg's C functions: all positions, sizes and strides they may meet.
#include "libavcodec/vp9data.h"
#include "libavcodec/vp9dsp.h"

#include "check.h"

void __real_ff_vp9dsp_init(VP9DSPContext *, int, int);

typedef void (*Edge)(uint8_t *, ptrdiff_t, int, int, int);

static void check_edge(const char *name, int a, int b, int halves, Edge reference, Edge kernel) {
  CHECK(name, a, b, Edge, reference, kernel,
          f(out + at, STRIDE, E, I, H),
          int at = place(8); int E = between(0, 193); int I = between(0, 63);
        int H = between(0, 15); if (halves) E |= between(0, 193) << 8, I |= between(0, 63) << 8, H |= between(0, 15) << 8)
}

typedef void (*Transform)(uint8_t *, ptrdiff_t, int16_t *, int);

static _Alignas(16) int16_t coefficients[32 * 32], block[32 * 32];

// The first `eob` coefficients of a scan; together small enough for 16 bits at every step.
static void fill_coefficients(int tx, int type, int eob) {
  int sum = between(0, 3) ? between(0, 4000) : 32000, last = between(0, 3) ? 1 : 30;
  memset(coefficients, 0, sizeof(coefficients));
  for (int i = 0; i < eob; i++) {
    int value = i == eob - 1 || !between(0, last) ? between(0, sum) : between(0, sum / (eob - i));
    sum -= value;
    coefficients[ff_vp9_scans[tx][type][i]] = between(0, 1) ? value : -value;
  }
}

// Adds the transform to the picture; leaves a trace there if the coefficients are not cleared.
static void apply(Transform f, uint8_t *out, int at, int eob) {
  memcpy(block, coefficients, sizeof(block));
  f(out + at, STRIDE, block, eob);
  for (int i = 0; i < 32 * 32; i++)
    out[0] |= block[i];
}

static void check_transforms(const VP9DSPContext *c, const VP9DSPContext *k) {
  for (int tx = 0; tx < 5; tx++)
    for (int type = 0; type < 4; type++)
      for (int most = 1; most <= (tx == 4 ? 16 : 16 << 2 * tx); most += most < 140 ? 1 : 177)
        CHECK("vp9_itxfm", tx, type, Transform, c->itxfm_add[tx][type], k->itxfm_add[tx][type],
              apply(f, out, at, eob), if (round > 10) break; int at = place(tx == 4 ? 4 : tx > 2 ? 16 : 4 << tx);
              int eob = between(1, most); start[0] = expected[0] = actual[0] = 0; fill_coefficients(tx, type, eob))
}

static void check_dsp(void) {
  VP9DSPContext c, k;
  __real_ff_vp9dsp_init(&c, 8, 0);
  ff_vp9dsp_init(&k, 8, 0);
  for (int width = 0; width < 5; width++)
    for (int filter = 0; filter < 3; filter++)
      for (int kind = 1; kind < 8; kind++) {
        int average = kind & 1, x = kind >> 1 & 1, y = kind >> 2;
        CHECK("vp9_mc", width, 8 * filter + kind, vp9_mc_func, c.mc[width][filter][average][x][y],
              k.mc[width][filter][average][x][y],
          f(out + at, STRIDE, source + from, STRIDE, h, mx, my),
          int at = place(4); int from = place(1); int h = 4 << between(0, 4);
              int mx = between(1, 15); int my = between(1, 15))
      }
  check_transforms(&c, &k);
  for (int direction = 0; direction < 2; direction++) {
    for (int width = 0; width < 3; width++)
      check_edge("vp9_edge_8", width, direction, 0, c.loop_filter_8[width][direction], k.loop_filter_8[width][direction]);
    check_edge("vp9_edge_16", 0, direction, 0, c.loop_filter_16[direction], k.loop_filter_16[direction]);
    for (int i = 0; i < 4; i++)
      check_edge("vp9_edge_mixed", i, direction, 1, c.loop_filter_mix2[i >> 1][i & 1][direction],
                     k.loop_filter_mix2[i >> 1][i & 1][direction]);
  }
}

int main(void) {
  check_dsp();
  return report("VP9");
}
