// VP8's kernels beside FFmpeg's C functions: all positions, sizes and strides they may meet.
#include "libavcodec/vp8dsp.h"

#include "check.h"

void __real_ff_vp8dsp_init(VP8DSPContext *);

typedef void (*Luma)(uint8_t *, ptrdiff_t, int, int, int);
typedef void (*Chroma)(uint8_t *, uint8_t *, ptrdiff_t, int, int, int);
typedef void (*Simple)(uint8_t *, ptrdiff_t, int);
typedef void (*Dc)(uint8_t *, int16_t *, ptrdiff_t);

// Coefficients of up to four blocks, all but the DC zero.
static void add_dc(Dc f, uint8_t *out, int seed) {
  int16_t coefficients[4][16] = {0};
  for (int i = 0; i < 4; i++)
    coefficients[i][0] = seed * (i + 1) * 37 % 4000 - 2000;
  f(out, coefficients[0], STRIDE);
}

// Coefficients of one block, of full range or small; leaves a trace in the picture if they are not cleared.
static void add_block(Dc f, uint8_t *picture, uint8_t *out, const int16_t *coefficients) {
  _Alignas(16) int16_t block[16];
  memcpy(block, coefficients, sizeof(block));
  f(out, block, STRIDE);
  for (int i = 0; i < 16; i++)
    picture[0] |= block[i];
}

static void fill_coefficients(int16_t *coefficients) {
  int most = 1 << between(3, 15);
  for (int i = 0; i < 16; i++)
    coefficients[i] = between(0, 2) ? between(-most, most - 1) : 0;
}

#define CHECK_MEMBER(member, type, call)                                                                                \
  CHECK(#member, 0, 0, type, (type)c.member, (type)k.member, call, int at = place(8); int E = between(0, 193);       \
        int I = between(0, 63); int H = between(0, 3); (void)I, (void)H)

static void check_dsp(void) {
  VP8DSPContext c, k;
  ff_vp78dsp_init(&c);
  __real_ff_vp8dsp_init(&c);
  ff_vp78dsp_init(&k);
  ff_vp8dsp_init(&k);
  for (int width = 0; width < 3; width++)
    for (int mx = 0; mx < 8; mx++)
      for (int my = 0; my < 8; my++) {
        int x = 2 * !!mx - (mx & 1), y = 2 * !!my - (my & 1);
        // Blocks of 16 have no four-tap functions of their own in C; the decoder asks for those with six taps.
        vp8_mc_func reference = c.put_vp8_epel_pixels_tab[width][width ? y : 2 * !!y][width ? x : 2 * !!x];
        CHECK("vp8_mc", width, 8 * mx + my, vp8_mc_func, reference, k.put_vp8_epel_pixels_tab[width][y][x],
          f(out + at, STRIDE, source + from, STRIDE, h, mx, my),
          int at = place(4); int from = place(1); int h = width ? 4 << between(0, 1) : 16)
      }
  CHECK_MEMBER(vp8_v_loop_filter16y, Luma, f(out + at, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_h_loop_filter16y, Luma, f(out + at, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_v_loop_filter16y_inner, Luma, f(out + at, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_h_loop_filter16y_inner, Luma, f(out + at, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_v_loop_filter8uv, Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_h_loop_filter8uv, Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_v_loop_filter8uv_inner, Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_h_loop_filter8uv_inner, Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_MEMBER(vp8_v_loop_filter_simple, Simple, f(out + at, STRIDE, E))
  CHECK_MEMBER(vp8_h_loop_filter_simple, Simple, f(out + at, STRIDE, E))
  CHECK_MEMBER(vp8_idct_dc_add, Dc, add_dc(f, out + at, E))
  CHECK_MEMBER(vp8_idct_dc_add4y, Dc, add_dc(f, out + at, E))
  CHECK_MEMBER(vp8_idct_dc_add4uv, Dc, add_dc(f, out + at, E))
  CHECK("vp8_idct_add", 0, 0, Dc, (Dc)c.vp8_idct_add, (Dc)k.vp8_idct_add,
        add_block(f, out, out + at, coefficients), int at = place(4); int16_t coefficients[16];
        start[0] = expected[0] = actual[0] = 0; fill_coefficients(coefficients))
}

int main(void) {
  check_dsp();
  return report("VP8");
}
