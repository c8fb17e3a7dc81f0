// Compares every kernel with FFmpeg's C function on random data: all positions, sizes and strides it may meet.
// Prints one line per kernel that differs; exits with the number of them. See check-kernels.mjs.
#include <stdio.h>
#include <string.h>

#include "libavcodec/h264chroma.h"
#include "libavcodec/h264dsp.h"
#include "libavcodec/h264qpel.h"
#include "libavcodec/vp8dsp.h"
#include "libavcodec/vp9dsp.h"

void __real_ff_h264qpel_init(H264QpelContext *, int);
void __real_ff_h264chroma_init(H264ChromaContext *, int);
void __real_ff_h264dsp_init(H264DSPContext *, int, int);
void __real_ff_vp8dsp_init(VP8DSPContext *);
void __real_ff_vp9dsp_init(VP9DSPContext *, int, int);

#define STRIDE 160
#define ROWS 128
#define SIZE (STRIDE * ROWS)
#define ROUNDS 400

static uint8_t source[SIZE], start[SIZE], expected[SIZE], actual[SIZE];
static int failures;

static unsigned state = 1;
static unsigned next_random(void) { return state = state * 1664525u + 1013904223u, state >> 8; }
static int between(int least, int most) { return least + (int)(next_random() % (unsigned)(most - least + 1)); }

// Full-range noise, or a slope with a little noise, on which deblocking filters act.
static void fill(uint8_t *bytes) {
  int smooth = between(0, 3), level = between(0, 255), noise = 1 << between(0, 4);
  for (int i = 0; i < SIZE; i++) {
    int value = smooth ? level + (i % STRIDE) / 8 + between(0, noise) : between(0, 255);
    bytes[i] = value > 255 ? 255 : value;
  }
}

static void prepare(void) {
  fill(source);
  fill(start);
  memcpy(expected, start, SIZE);
  memcpy(actual, start, SIZE);
}

static int compare(const char *name, int a, int b) {
  if (!memcmp(expected, actual, SIZE))
    return 0;
  printf("%s[%d][%d] differs\n", name, a, b);
  failures++;
  return 1;
}

// A place in the middle, at any alignment that is a multiple of `step`.
static int place(int step) { return 40 * STRIDE + 48 + step * between(0, 16 / step - 1); }

// Runs `call` with f being the C function and then the kernel, until they differ.
#define CHECK(name, a, b, type, reference, kernel, call, ...)                                                      \
  if ((reference) != (kernel))                                                                                       \
    for (int round = 0; round < ROUNDS; round++) {                                                                   \
      prepare();                                                                                                     \
      __VA_ARGS__;                                                                                                   \
      uint8_t *out = expected;                                                                                       \
      type f = (reference);                                                                                          \
      call;                                                                                                          \
      out = actual;                                                                                                  \
      f = (kernel);                                                                                                  \
      call;                                                                                                          \
      if (compare(name, a, b))                                                                                       \
        break;                                                                                                       \
    }

static void check_h264_interpolation(void) {
  H264QpelContext c, k;
  __real_ff_h264qpel_init(&c, 8);
  ff_h264qpel_init(&k, 8);
  for (int size = 0; size < 3; size++)
    for (int i = 0; i < 16; i++) {
      CHECK("put_qpel", size, i, qpel_mc_func, c.put_h264_qpel_pixels_tab[size][i], k.put_h264_qpel_pixels_tab[size][i],
          f(out + at, source + from, STRIDE),
          int at = place(8); int from = place(1))
      CHECK("avg_qpel", size, i, qpel_mc_func, c.avg_h264_qpel_pixels_tab[size][i], k.avg_h264_qpel_pixels_tab[size][i],
          f(out + at, source + from, STRIDE),
          int at = place(8); int from = place(1))
    }
  H264ChromaContext cc, ck;
  __real_ff_h264chroma_init(&cc, 8);
  ff_h264chroma_init(&ck, 8);
  for (int size = 0; size < 3; size++) {
    CHECK("put_chroma", size, 0, h264_chroma_mc_func, cc.put_h264_chroma_pixels_tab[size],
          ck.put_h264_chroma_pixels_tab[size],
          f(out + at, source + from, STRIDE, h, x, y),
          int at = place(4); int from = place(1); int x = between(0, 7);
          int y = between(0, 7); int h = 2 << between(0, 3))
    CHECK("avg_chroma", size, 0, h264_chroma_mc_func, cc.avg_h264_chroma_pixels_tab[size],
          ck.avg_h264_chroma_pixels_tab[size],
          f(out + at, source + from, STRIDE, h, x, y),
          int at = place(4); int from = place(1); int x = between(0, 7);
          int y = between(0, 7); int h = 2 << between(0, 3))
  }
}

typedef void (*H264Edge)(uint8_t *, ptrdiff_t, int, int, int8_t *);

static void check_h264_edge(const char *name, H264Edge reference, H264Edge kernel) {
  int8_t tc0[4];
  CHECK(name, 0, 0, H264Edge, reference, kernel,
          f(out + at, STRIDE, alpha, beta, tc0),
          int at = place(4); int alpha = between(0, 255);
        int beta = between(0, 18); for (int i = 0; i < 4; i++) tc0[i] = between(-1, 25))
}

static void check_h264_dsp(void) {
  H264DSPContext c, k;
  __real_ff_h264dsp_init(&c, 8, 1);
  ff_h264dsp_init(&k, 8, 1);
  for (int size = 0; size < 4; size++) {
    CHECK("weight", size, 0, h264_weight_func, c.weight_pixels_tab[size], k.weight_pixels_tab[size],
          f(out + at, STRIDE, h, denominator, weight, offset),
          int at = place(8);
          int h = 2 << between(0, 3); int denominator = between(0, 7); int weight = between(-128, 127);
          int offset = between(-128, 127))
    CHECK("biweight", size, 0, h264_biweight_func, c.biweight_pixels_tab[size], k.biweight_pixels_tab[size],
          f(out + at, source + at, STRIDE, h, denominator, a, b, offset),
          int at = place(8); int h = 2 << between(0, 3); int denominator = between(0, 7); int a = between(-128, 127);
          int b = between(-128, 127); int offset = between(-256, 255))
  }
  check_h264_edge("v_loop_filter_luma", c.v_loop_filter_luma, k.v_loop_filter_luma);
  check_h264_edge("h_loop_filter_luma", c.h_loop_filter_luma, k.h_loop_filter_luma);
  check_h264_edge("v_loop_filter_chroma", c.v_loop_filter_chroma, k.v_loop_filter_chroma);
  check_h264_edge("h_loop_filter_chroma", c.h_loop_filter_chroma, k.h_loop_filter_chroma);
}

typedef void (*Vp9Edge)(uint8_t *, ptrdiff_t, int, int, int);

static void check_vp9_edge(const char *name, int a, int b, int halves, Vp9Edge reference, Vp9Edge kernel) {
  CHECK(name, a, b, Vp9Edge, reference, kernel,
          f(out + at, STRIDE, E, I, H),
          int at = place(8); int E = between(0, 255); int I = between(0, 63);
        int H = between(0, 15); if (halves) E |= between(0, 255) << 8, I |= between(0, 63) << 8, H |= between(0, 15) << 8)
}

static void check_vp9(void) {
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
  for (int direction = 0; direction < 2; direction++) {
    for (int width = 0; width < 3; width++)
      check_vp9_edge("vp9_edge_8", width, direction, 0, c.loop_filter_8[width][direction], k.loop_filter_8[width][direction]);
    check_vp9_edge("vp9_edge_16", 0, direction, 0, c.loop_filter_16[direction], k.loop_filter_16[direction]);
    for (int i = 0; i < 4; i++)
      check_vp9_edge("vp9_edge_mixed", i, direction, 1, c.loop_filter_mix2[i >> 1][i & 1][direction],
                     k.loop_filter_mix2[i >> 1][i & 1][direction]);
  }
}

typedef void (*Vp8Luma)(uint8_t *, ptrdiff_t, int, int, int);
typedef void (*Vp8Chroma)(uint8_t *, uint8_t *, ptrdiff_t, int, int, int);
typedef void (*Vp8Simple)(uint8_t *, ptrdiff_t, int);
typedef void (*Vp8Dc)(uint8_t *, int16_t *, ptrdiff_t);

// Coefficients of up to four blocks, all but the DC zero.
static void add_dc(Vp8Dc f, uint8_t *out, int seed) {
  int16_t coefficients[4][16] = {0};
  for (int i = 0; i < 4; i++)
    coefficients[i][0] = seed * (i + 1) * 37 % 4000 - 2000;
  f(out, coefficients[0], STRIDE);
}

#define CHECK_VP8(member, type, call)                                                                                \
  CHECK(#member, 0, 0, type, (type)c.member, (type)k.member, call, int at = place(8); int E = between(0, 193);       \
        int I = between(0, 63); int H = between(0, 3); (void)I, (void)H)

static void check_vp8(void) {
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
  CHECK_VP8(vp8_v_loop_filter16y, Vp8Luma, f(out + at, STRIDE, E, I, H))
  CHECK_VP8(vp8_h_loop_filter16y, Vp8Luma, f(out + at, STRIDE, E, I, H))
  CHECK_VP8(vp8_v_loop_filter16y_inner, Vp8Luma, f(out + at, STRIDE, E, I, H))
  CHECK_VP8(vp8_h_loop_filter16y_inner, Vp8Luma, f(out + at, STRIDE, E, I, H))
  CHECK_VP8(vp8_v_loop_filter8uv, Vp8Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_VP8(vp8_h_loop_filter8uv, Vp8Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_VP8(vp8_v_loop_filter8uv_inner, Vp8Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_VP8(vp8_h_loop_filter8uv_inner, Vp8Chroma, f(out + at, out + at + 40, STRIDE, E, I, H))
  CHECK_VP8(vp8_v_loop_filter_simple, Vp8Simple, f(out + at, STRIDE, E))
  CHECK_VP8(vp8_h_loop_filter_simple, Vp8Simple, f(out + at, STRIDE, E))
  CHECK_VP8(vp8_idct_dc_add, Vp8Dc, add_dc(f, out + at, E))
  CHECK_VP8(vp8_idct_dc_add4y, Vp8Dc, add_dc(f, out + at, E))
}

int main(void) {
  check_h264_interpolation();
  check_h264_dsp();
  check_vp9();
  check_vp8();
  printf("%d kernels differ\n", failures);
  return failures > 0;
}
