// AV1's kernels of motion compensation beside dav1d's C functions: all sizes, positions, and the range of what is blended.
#define BITDEPTH 8
#include "config.h"

#include <stdlib.h>

#include "src/mc.h"

#define STRIDE 256
#define ROWS 256
#define ROUNDS 150
#include "check.h"

void __real_dav1d_mc_dsp_init_8bpc(Dav1dMCDSPContext *);

// What the functions that blend take: predictions of 8 bits and 4 more, and masks.
static int16_t predictions[2][128 * 128];
static uint8_t mask[128 * 128];

static void prepare_predictions(void) {
  int extremes = !between(0, 3);
  for (int i = 0; i < 128 * 128; i++) {
    for (int j = 0; j < 2; j++)
      predictions[j][i] = !extremes ? between(-5132, 9212) : between(0, 1) ? -5132 : 9212;
    mask[i] = extremes ? 64 * between(0, 1) : between(0, 64);
  }
}

// Black and white only, now and then.
static void sharpen(void) {
  if (!between(0, 2))
    for (int i = 0; i < SIZE; i++)
      source[i] = source[i] > 127 ? 255 : 0;
}

// Where masks for chroma go.
#define MASK (out + 176 * STRIDE + 16)

static void check_subpel(const Dav1dMCDSPContext *c, const Dav1dMCDSPContext *k) {
  for (int filter = 0; filter < N_2D_FILTERS; filter++)
    for (int kind = 0; kind < 4; kind++) {
#define BLOCK                                                                                                          \
  sharpen(); int at = place(2); int from = place(1); int w = 2 << between(0, 6); int h = between(1, w > 4 ? 128 : 16); \
  int mx = kind & 1 ? between(1, 15) : 0; int my = kind & 2 ? between(1, 15) : 0
      CHECK("av1_put", filter, kind, mc_fn, c->mc[filter], k->mc[filter],
            f(out + at, STRIDE, source + from, STRIDE, w, h, mx, my), BLOCK)
      CHECK("av1_prep", filter, kind, mct_fn, c->mct[filter], k->mct[filter],
            f((int16_t *)(out + at), source + from, STRIDE, w, h, mx, my), BLOCK; w += 2 * (w == 2))
#define SCALED                                                                                                         \
  BLOCK; mx = between(0, 1023); my = between(0, 1023); int dx = between(512, 2048); int dy = between(512, 2048);       \
  w = w > 64 ? 64 : w; h = h > 64 ? 64 : h
      CHECK("av1_put_scaled", filter, kind, mc_scaled_fn, c->mc_scaled[filter], k->mc_scaled[filter],
            f(out + at, STRIDE, source + from, STRIDE, w, h, mx, my, dx, dy), SCALED)
      CHECK("av1_prep_scaled", filter, kind, mct_scaled_fn, c->mct_scaled[filter], k->mct_scaled[filter],
            f((int16_t *)(out + at), source + from, STRIDE, w, h, mx, my, dx, dy), SCALED; w += 2 * (w == 2))
    }
}

static void check_blending(const Dav1dMCDSPContext *c, const Dav1dMCDSPContext *k) {
#define SIZES prepare_predictions(); int at = place(2); int w = 4 << between(0, 5); int h = 2 * between(1, 64)
  CHECK("av1_avg", 0, 0, avg_fn, c->avg, k->avg, f(out + at, STRIDE, predictions[0], predictions[1], w, h), SIZES)
  CHECK("av1_w_avg", 0, 0, w_avg_fn, c->w_avg, k->w_avg,
        f(out + at, STRIDE, predictions[0], predictions[1], w, h, weight), SIZES; int weight = between(1, 15))
  CHECK("av1_mask", 0, 0, mask_fn, c->mask, k->mask,
        f(out + at, STRIDE, predictions[0], predictions[1], w, h, mask), SIZES)
  for (int layout = 0; layout < 3; layout++)
    for (int sign = 0; sign < 2; sign++)
      CHECK("av1_w_mask", layout, sign, w_mask_fn, c->w_mask[layout], k->w_mask[layout],
            f(out + at, STRIDE, predictions[0], predictions[1], w, h, MASK, sign), SIZES)
  CHECK("av1_blend", 0, 0, blend_fn, c->blend, k->blend, f(out + at, STRIDE, source, w, h, mask),
        SIZES; w = w > 32 ? 32 : w)
  for (int size = 2; size <= 32; size *= 2) {
    CHECK("av1_blend_v", size, 0, blend_dir_fn, c->blend_v, k->blend_v, f(out + at, STRIDE, source, size, h), SIZES)
    CHECK("av1_blend_h", size, 0, blend_dir_fn, c->blend_h, k->blend_h, f(out + at, STRIDE, source, w, size),
          SIZES; w = between(0, 9) ? w : 2)
  }
}

static void check_warp(const Dav1dMCDSPContext *c, const Dav1dMCDSPContext *k) {
  // The largest shears that dav1d_get_shear_params() lets through.
#define MODEL                                                                                                          \
  sharpen(); int at = place(8); int from = place(1); int alpha = between(-8000, 8000); int beta = between(-4000, 4000); \
  int gamma = between(-8000, 8000); int delta = between(-8000, 8000); int16_t abcd[] = {alpha, beta, gamma, delta};    \
  int mx = (between(0, 0xffff) - 4 * alpha - 7 * beta) & ~0x3f; int my = (between(0, 0xffff) - 4 * (gamma + delta)) & ~0x3f
  CHECK("av1_warp8x8", 0, 0, warp8x8_fn, c->warp8x8, k->warp8x8,
        f(out + at, STRIDE, source + from, STRIDE, abcd, mx, my), MODEL)
  CHECK("av1_warp8x8t", 0, 0, warp8x8t_fn, c->warp8x8t, k->warp8x8t,
        f((int16_t *)(out + at), STRIDE / 2, source + from, STRIDE, abcd, mx, my), MODEL)
}

static void check_edges(const Dav1dMCDSPContext *c, const Dav1dMCDSPContext *k) {
  CHECK("av1_emu_edge", 0, 0, emu_edge_fn, c->emu_edge, k->emu_edge,
        f(bw, bh, iw, ih, x, y, out + at, STRIDE, source + 16, STRIDE), int at = place(16); int bw = between(1, 135);
        int bh = between(1, 135); int iw = between(1, 160); int ih = between(1, 160); int x = between(-bw - 20, iw + 20);
        int y = between(-bh - 20, ih + 20))
}

int main(void) {
  Dav1dMCDSPContext c, k;
  __real_dav1d_mc_dsp_init_8bpc(&c);
  dav1d_mc_dsp_init_8bpc(&k);
  check_subpel(&c, &k);
  check_blending(&c, &k);
  check_warp(&c, &k);
  check_edges(&c, &k);
  return report("AV1 motion compensation");
}
