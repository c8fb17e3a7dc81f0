// AV1's kernels of motion compensation for 10 and 12 bits beside dav1d's C functions.
#define BITDEPTH 16
#include "config.h"

#include "src/mc.h"

#define STRIDE 512
#define ROWS 256
#define ROUNDS 100
#include "check.h"

void __real_dav1d_mc_dsp_init_16bpc(Dav1dMCDSPContext *);

static int bitdepth_max;
static int16_t predictions[2][128 * 128];
static uint8_t mask[128 * 128];

// Samples of the right depth, now and then the darkest and brightest only.
static void deepen(void) {
  int extremes = !between(0, 2);
  uint16_t *pictures[] = {(uint16_t *)source, (uint16_t *)expected, (uint16_t *)actual};
  for (int i = 0; i < SIZE / 2; i++) {
    pictures[0][i] = extremes ? bitdepth_max * between(0, 1) : between(0, bitdepth_max);
    pictures[1][i] = pictures[2][i] &= bitdepth_max;
  }
}

static void prepare_predictions(void) {
  deepen();
  int extremes = !between(0, 3);
  for (int i = 0; i < 128 * 128; i++) {
    for (int j = 0; j < 2; j++)
      predictions[j][i] = !extremes ? between(-28794, 28791) : between(0, 1) ? -28794 : 28791;
    mask[i] = extremes ? 64 * between(0, 1) : between(0, 64);
  }
}

#define AT(out) (pixel *)(out + at)
#define MASK (out + 176 * STRIDE + 16)

static void check_subpel(const Dav1dMCDSPContext *c, const Dav1dMCDSPContext *k) {
  for (int filter = 0; filter < N_2D_FILTERS; filter++)
    for (int kind = 0; kind < 4; kind++) {
#define BLOCK                                                                                                          \
  deepen(); int at = place(4); const pixel *from = (pixel *)(source + place(2)); int w = 2 << between(0, 6);           \
  int h = between(1, w > 4 ? 128 : 16); int mx = kind & 1 ? between(1, 15) : 0; int my = kind & 2 ? between(1, 15) : 0
      CHECK("av1_put_16", filter, kind, mc_fn, c->mc[filter], k->mc[filter],
            f(AT(out), STRIDE, from, STRIDE, w, h, mx, my, bitdepth_max), BLOCK)
      CHECK("av1_prep_16", filter, kind, mct_fn, c->mct[filter], k->mct[filter],
            f((int16_t *)(out + at), from, STRIDE, w, h, mx, my, bitdepth_max), BLOCK; w += 2 * (w == 2))
    }
}

static void check_blending(const Dav1dMCDSPContext *c, const Dav1dMCDSPContext *k) {
#define SIZES prepare_predictions(); int at = place(4); int w = 4 << between(0, 5); int h = 2 * between(1, 64)
#define TWO predictions[0], predictions[1], w, h
  const pixel *with = (pixel *)source;
  CHECK("av1_avg_16", 0, 0, avg_fn, c->avg, k->avg, f(AT(out), STRIDE, TWO, bitdepth_max), SIZES)
  CHECK("av1_w_avg_16", 0, 0, w_avg_fn, c->w_avg, k->w_avg, f(AT(out), STRIDE, TWO, weight, bitdepth_max),
        SIZES; int weight = between(1, 15))
  CHECK("av1_mask_16", 0, 0, mask_fn, c->mask, k->mask, f(AT(out), STRIDE, TWO, mask, bitdepth_max), SIZES)
  for (int layout = 0; layout < 3; layout++)
    for (int sign = 0; sign < 2; sign++)
      CHECK("av1_w_mask_16", layout, sign, w_mask_fn, c->w_mask[layout], k->w_mask[layout],
            f(AT(out), STRIDE, TWO, MASK, sign, bitdepth_max), SIZES)
  CHECK("av1_blend_16", 0, 0, blend_fn, c->blend, k->blend, f(AT(out), STRIDE, with, w, h, mask),
        SIZES; w = w > 32 ? 32 : w)
  for (int size = 2; size <= 32; size *= 2) {
    CHECK("av1_blend_v_16", size, 0, blend_dir_fn, c->blend_v, k->blend_v, f(AT(out), STRIDE, with, size, h), SIZES)
    CHECK("av1_blend_h_16", size, 0, blend_dir_fn, c->blend_h, k->blend_h, f(AT(out), STRIDE, with, w, size),
          SIZES; w = between(0, 9) ? w : 2)
  }
}

int main(void) {
  Dav1dMCDSPContext c, k;
  __real_dav1d_mc_dsp_init_16bpc(&c);
  dav1d_mc_dsp_init_16bpc(&k);
  for (bitdepth_max = 1023; bitdepth_max <= 4095; bitdepth_max = 4 * bitdepth_max + 3) {
    check_subpel(&c, &k);
    check_blending(&c, &k);
  }
  return report("AV1 motion compensation, more than 8 bits");
}
