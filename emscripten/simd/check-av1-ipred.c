// AV1's kernels of intra prediction beside dav1d's C functions: all sizes, angles, and edges.
#define BITDEPTH 8
#include "config.h"

#include <stdlib.h>

#include "src/ipred.h"

#include "check.h"

void __real_dav1d_intra_pred_dsp_init_8bpc(Dav1dIntraPredDSPContext *);

static const char *const names[] = {"dc", "v", "h", "dc_left", "dc_top", "dc_128", "z1", "z2",
                                    "z3", "smooth", "smooth_v", "smooth_h", "paeth", "filter"};
static int16_t luma[2][32 * 32];

// Base angles and up to three steps of three degrees, with and without flags.
static int angle_of(int mode, int round) {
  static const int bases[] = {45, 67, 90, 113, 135, 157, 180, 203};
  if (mode == FILTER_PRED)
    return round % 5;
  int least = mode == Z1_PRED ? 1 : mode == Z2_PRED ? 91 : 181, angle;
  do
    angle = bases[between(0, 7)] + 3 * between(-3, 3);
  while (angle < least || angle > least + 88);
  return angle | between(0, 3) << 9;
}

// Edges of few values bring out what is clipped.
static void sharpen(void) {
  if (!between(0, 2))
    for (int i = 0; i < SIZE; i++)
      source[i] = source[i] > 127 ? 255 : 0;
}

static void check_modes(const Dav1dIntraPredDSPContext *c, const Dav1dIntraPredDSPContext *k) {
  const uint8_t *corner = source + 1024;
  for (int mode = 0; mode < N_IMPL_INTRA_PRED_MODES; mode++)
    for (int log_w = 2; log_w <= 6; log_w++)
      for (int log_h = 2; log_h <= 6; log_h++) {
        if (abs(log_w - log_h) > 2 || (mode == FILTER_PRED && (log_w > 5 || log_h > 5)))
          continue;
        CHECK(names[mode], 1 << log_w, 1 << log_h, angular_ipred_fn, c->intra_pred[mode], k->intra_pred[mode],
              f(out + at, STRIDE, corner, 1 << log_w, 1 << log_h, angle, max_width, max_height), sharpen();
              int at = place(4); int angle = angle_of(mode, round); int max_width = between(1, 80);
              int max_height = between(1, 80))
      }
}

static void check_chroma_from_luma(const Dav1dIntraPredDSPContext *c, const Dav1dIntraPredDSPContext *k) {
#define SIZES sharpen(); int at = place(4); int w = 4 << between(0, 3); int h = 4 << between(0, 3)
  for (int layout = 0; layout < 3; layout++)
    CHECK("cfl_ac", layout, 0, cfl_ac_fn, c->cfl_ac[layout], k->cfl_ac[layout],
          f((int16_t *)(out + at), source + from, STRIDE, w_pad, h_pad, w, h), SIZES; int from = place(16);
          int w_pad = between(0, w / 4 - 1); int h_pad = between(0, h / 4 - 1))
  for (int mode = 0; mode <= DC_128_PRED; mode++)
    if (c->cfl_pred[mode])
      CHECK("cfl_pred", mode, 0, cfl_pred_fn, c->cfl_pred[mode], k->cfl_pred[mode],
            f(out + at, STRIDE, source + 1024, w, h, luma[0], alpha), SIZES; int alpha = between(-16, 16);
            for (int i = 0; i < 32 * 32; i++) luma[0][i] = between(0, 9) ? between(-2040, 2040) : 2040)
  CHECK("palette", 0, 0, pal_pred_fn, c->pal_pred, k->pal_pred, f(out + at, STRIDE, source, indices, w, h),
        SIZES; w *= 1 + between(0, 1); h *= 1 + between(0, 1); static uint8_t indices[64 * 64 / 2];
        for (int i = 0; i < 64 * 64 / 2; i++) indices[i] = between(0, 7) | between(0, 7) << 4)
}

int main(void) {
  Dav1dIntraPredDSPContext c = {0}, k = {0};
  __real_dav1d_intra_pred_dsp_init_8bpc(&c);
  dav1d_intra_pred_dsp_init_8bpc(&k);
  check_modes(&c, &k);
  check_chroma_from_luma(&c, &k);
  return report("AV1 intra prediction");
}
