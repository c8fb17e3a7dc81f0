// H.264's kernels beside FFmpeg's C functions: all positions, sizes and strides they may meet.
#include "libavcodec/h264chroma.h"
#include "libavcodec/h264_parse.h"
#include "libavcodec/h264dsp.h"
#include "libavcodec/h264qpel.h"

#include "check.h"

void __real_ff_h264qpel_init(H264QpelContext *, int);
void __real_ff_h264chroma_init(H264ChromaContext *, int);
void __real_ff_h264dsp_init(H264DSPContext *, int, int);

static void check_interpolation(void) {
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

typedef void (*Edge)(uint8_t *, ptrdiff_t, int, int, int8_t *);

static void check_edge(const char *name, Edge reference, Edge kernel) {
  int8_t tc0[4];
  CHECK(name, 0, 0, Edge, reference, kernel,
          f(out + at, STRIDE, alpha, beta, tc0),
          int at = place(4); int alpha = between(0, 255);
        int beta = between(0, 18); for (int i = 0; i < 4; i++) tc0[i] = between(-1, 25))
}

typedef void (*IntraEdge)(uint8_t *, ptrdiff_t, int, int);

static void check_intra_edge(const char *name, IntraEdge reference, IntraEdge kernel) {
  CHECK(name, 0, 0, IntraEdge, reference, kernel,
          f(out + at, STRIDE, alpha, beta),
          int at = place(4); int alpha = between(0, 255); int beta = between(0, 18))
}

// Coefficients of all blocks of a macroblock, and how many of them each block has.
static _Alignas(16) int16_t coefficients[48 * 16], block[48 * 16];
static uint8_t counts[15 * 8];

// Few large coefficients or many small ones, as sums of a block must fit 16 bits. With dc_apart, the DC does not count.
static void fill_block(int first, int size, int dc_apart) {
  int16_t *c = coefficients + 16 * first;
  int count = between(0, 3) ? between(0, 2) : between(0, size), amplitude = 2000 / (count + 1);
  memset(c, 0, size * sizeof(*c));
  for (int i = 0; i < count; i++)
    c[count == 1 && !dc_apart ? 0 : between(dc_apart, size - 1)] = between(1, amplitude) * (between(0, 1) ? 1 : -1);
  if (dc_apart && between(0, 1))
    c[0] = between(-amplitude, amplitude);
  counts[scan8[first]] = count;
}

static void fill_blocks(int blocks, int size, int dc_apart) {
  for (int i = 0; i < blocks; i += size / 16)
    fill_block(i, size, dc_apart);
}

// What has become of the coefficients shows in the picture too.
static void show_block(uint8_t *out) {
  for (unsigned i = 0; i < sizeof(block) / sizeof(*block); i++)
    if (block[i])
      out[i % STRIDE] ^= block[i] + i;
}

typedef void (*Transform)(uint8_t *, int16_t *, int);
typedef void (*Luma)(uint8_t *, const int *, int16_t *, int, const uint8_t *);
typedef void (*Chroma)(uint8_t **, const int *, int16_t *, int, const uint8_t *);

static void run_transform(Transform f, uint8_t *out, int at) {
  memcpy(block, coefficients, sizeof(block));
  f(out + at, block, STRIDE);
  show_block(out);
}

static void run_luma(Luma f, uint8_t *out, int at) {
  int offset[16];
  for (int i = 0; i < 16; i++)
    offset[i] = 4 * ((scan8[i] - scan8[0]) & 7) + 4 * ((scan8[i] - scan8[0]) >> 3) * STRIDE;
  memcpy(block, coefficients, sizeof(block));
  f(out + at, offset, block, STRIDE, counts);
  show_block(out);
}

static void run_chroma(Chroma f, uint8_t *out, int at) {
  int offset[48] = {0};
  for (int i = 0; i < 4; i++)
    offset[16 + i] = offset[32 + i] = 4 * (i & 1) + 4 * (i >> 1) * STRIDE;
  uint8_t *planes[2] = {out + at, out + at + 24};
  memcpy(block, coefficients, sizeof(block));
  f(planes, offset, block, STRIDE, counts);
  show_block(out);
}

#define CHECK_MEMBER(member, type, run, prepare)                                                                      \
  CHECK(#member, 0, 0, type, c.member, k.member, run(f, out, at), int at = place(4); prepare)

static void check_transforms(void) {
  H264DSPContext c, k;
  __real_ff_h264dsp_init(&c, 8, 1);
  ff_h264dsp_init(&k, 8, 1);
  CHECK_MEMBER(idct_add, Transform, run_transform, fill_block(0, 16, 0))
  CHECK_MEMBER(idct8_add, Transform, run_transform, fill_block(0, 64, 0))
  CHECK_MEMBER(idct_dc_add, Transform, run_transform, fill_block(0, 16, 0))
  CHECK_MEMBER(idct8_dc_add, Transform, run_transform, fill_block(0, 64, 0))
  CHECK_MEMBER(idct_add16, Luma, run_luma, fill_blocks(16, 16, 0))
  CHECK_MEMBER(idct_add16intra, Luma, run_luma, fill_blocks(16, 16, 1))
  CHECK_MEMBER(idct8_add4, Luma, run_luma, fill_blocks(16, 64, 0))
  CHECK_MEMBER(idct_add8, Chroma, run_chroma, fill_blocks(48, 16, 1))
}

// FFmpeg's C code has no function that finds an edge's filter strengths, so they are found here as 8.7.2.1 says it.
static uint8_t nnz[40];
static int8_t ref[2][40];
static int16_t mv[2][40][2];

static int vectors_differ(const int16_t a[2], const int16_t b[2], int vertical_limit) {
  int x = a[0] - b[0], y = a[1] - b[1];
  return x >= 4 || x <= -4 || y >= vertical_limit || y <= -vertical_limit;
}

static int strength(int b, int n, int bidirectional, int limit) {
  if (nnz[b] || nnz[n])
    return 2;
  int straight = ref[0][b] != ref[0][n] || vectors_differ(mv[0][b], mv[0][n], limit);
  if (!bidirectional)
    return straight;
  straight |= ref[1][b] != ref[1][n] || vectors_differ(mv[1][b], mv[1][n], limit);
  int crossed = ref[0][b] != ref[1][n] || ref[1][b] != ref[0][n] || vectors_differ(mv[0][b], mv[1][n], limit) ||
                vectors_differ(mv[1][b], mv[0][n], limit);
  return straight && crossed;
}

static void fill_motion(void) {
  int spread = between(0, 3) ? between(0, 5) : 32767, pictures = between(0, 2);
  for (int i = 0; i < 40; i++) {
    nnz[i] = between(0, 3) ? 0 : between(0, 16);
    for (int list = 0; list < 2; list++) {
      ref[list][i] = between(-2, pictures);
      for (int axis = 0; axis < 2; axis++)
        mv[list][i][axis] = between(0, 2) ? 0 : between(-spread, spread);
    }
  }
}

static void check_strengths(void) {
  H264DSPContext k;
  ff_h264dsp_init(&k, 8, 1);
  for (int round = 0; round < 20 * ROUNDS; round++) {
    fill_motion();
    int bidirectional = between(0, 1), field = between(0, 1);
    _Alignas(16) int16_t bS[2][4][4];
    k.loop_filter_strength(bS, nnz, ref, mv, bidirectional, 4, 1, 0, 0, field);
    for (int edge = 0; edge < 4; edge++)
      for (int i = 0; i < 4; i++) {
        int vertical = 12 + edge + 8 * i, horizontal = 12 + i + 8 * edge;
        if (bS[0][edge][i] != strength(vertical, vertical - 1, bidirectional, field ? 2 : 4) ||
            bS[1][edge][i] != strength(horizontal, horizontal - 8, bidirectional, field ? 2 : 4)) {
          printf("loop_filter_strength[%d][%d] differs\n", bidirectional, field);
          failures++;
          return;
        }
      }
  }
}

static void check_dsp(void) {
  H264DSPContext c, k;
  __real_ff_h264dsp_init(&c, 8, 1);
  ff_h264dsp_init(&k, 8, 1);
  for (int size = 0; size < 4; size++) {
    CHECK("weight", size, 0, h264_weight_func, c.weight_pixels_tab[size], k.weight_pixels_tab[size],
          f(out + at, STRIDE, h, denominator, weight, offset),
          int at = place(8);
          int h = 2 << between(0, 3); int denominator = between(0, 7); int weight = between(-128, 128);
          int offset = between(-128, 127))
    CHECK("biweight", size, 0, h264_biweight_func, c.biweight_pixels_tab[size], k.biweight_pixels_tab[size],
          f(out + at, source + at, STRIDE, h, denominator, a, b, offset),
          int at = place(8); int h = 2 << between(0, 3); int denominator = between(0, 7); int a = between(-128, 127);
          int b = between(-128, 127); int offset = between(-256, 255))
  }
  check_edge("v_loop_filter_luma", c.v_loop_filter_luma, k.v_loop_filter_luma);
  check_edge("h_loop_filter_luma", c.h_loop_filter_luma, k.h_loop_filter_luma);
  check_edge("v_loop_filter_chroma", c.v_loop_filter_chroma, k.v_loop_filter_chroma);
  check_edge("h_loop_filter_chroma", c.h_loop_filter_chroma, k.h_loop_filter_chroma);
  check_intra_edge("v_loop_filter_luma_intra", c.v_loop_filter_luma_intra, k.v_loop_filter_luma_intra);
  check_intra_edge("h_loop_filter_luma_intra", c.h_loop_filter_luma_intra, k.h_loop_filter_luma_intra);
  check_intra_edge("v_loop_filter_chroma_intra", c.v_loop_filter_chroma_intra, k.v_loop_filter_chroma_intra);
  check_intra_edge("h_loop_filter_chroma_intra", c.h_loop_filter_chroma_intra, k.h_loop_filter_chroma_intra);
}

int main(void) {
  check_interpolation();
  check_dsp();
  check_transforms();
  check_strengths();
  return report("H.264");
}
