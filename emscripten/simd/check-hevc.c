// HEVC's kernels, and those for pictures' edges, beside FFmpeg's C functions, for 8 and 10 bits: all sizes, positions
// and weights they may meet.
#include "libavcodec/hevc/dsp.h"
#include "libavcodec/hevc/pred.h"
#include "libavcodec/videodsp.h"

// Many functions that need few rounds, and few that need many.
static int rounds;
#define ROUNDS rounds
#include "check.h"

void __real_ff_hevc_dsp_init(HEVCDSPContext *, int);
void __real_ff_hevc_pred_init(HEVCPredContext *, int);
void __real_ff_videodsp_init(VideoDSPContext *, int);

static int bits, pixel; // bits and bytes per sample

// Bytes become samples of more bits.
static void widen(uint8_t *bytes) {
  for (int i = 0; pixel == 2 && i < SIZE / 2; i++) {
    uint16_t sample = bytes[2 * i] << (bits - 8) | between(0, (1 << (bits - 8)) - 1);
    memcpy(bytes + 2 * i, &sample, 2);
  }
}

static void prepare_samples(void) {
  widen(source);
  widen(start);
  memcpy(expected, start, SIZE);
  memcpy(actual, start, SIZE);
}

static void set_sample(uint8_t *at, int value) {
  uint16_t word = value;
  memcpy(at, &word, pixel);
}

// Now and then, samples that drive the filters to their largest and smallest sums.
static void prepare_interpolation(int from, const int8_t *h, const int8_t *v, int count) {
  prepare_samples();
  if (between(0, 3))
    return;
  int inverse = between(0, 1), highest = (1 << bits) - 1;
  for (int y = 0; y < count; y++)
    for (int x = 0; x < count; x++)
      set_sample(source + from + (y - count / 2 + 1) * STRIDE + (x - count / 2 + 1) * pixel,
                 ((h ? h[x] : 1) * (v ? v[y] : 1) > 0) == inverse ? highest : 0);
}

static const int widths[] = {2, 4, 6, 8, 12, 16, 24, 32, 48, 64};

typedef void (*Put)(int16_t *, const uint8_t *, ptrdiff_t, int, intptr_t, intptr_t, int);
typedef void (*Uni)(uint8_t *, ptrdiff_t, const uint8_t *, ptrdiff_t, int, intptr_t, intptr_t, int);
typedef void (*UniW)(uint8_t *, ptrdiff_t, const uint8_t *, ptrdiff_t, int, int, int, int, intptr_t, intptr_t, int);
typedef void (*Bi)(uint8_t *, ptrdiff_t, const uint8_t *, ptrdiff_t, const int16_t *, int, intptr_t, intptr_t, int);
typedef void (*BiW)(uint8_t *, ptrdiff_t, const uint8_t *, ptrdiff_t, const int16_t *, int, int, int, int, int, int,
                    intptr_t, intptr_t, int);

// Heights: even, up to 64.
#define POSITION(step)                                                                                                \
  int at = place(4), from = place(1) & -pixel, height = 2 * between(1, 32);                                       \
  int mx = has_h ? between(1, luma ? 3 : 7) : 0, my = has_v ? between(1, luma ? 3 : 7) : 0;                           \
  const int8_t *taps_h = luma ? ff_hevc_qpel_filters[mx] : ff_hevc_epel_filters[mx];                                  \
  const int8_t *taps_v = luma ? ff_hevc_qpel_filters[my] : ff_hevc_epel_filters[my];                                  \
  prepare_interpolation(from, has_h ? taps_h : 0, has_v ? taps_v : 0, luma ? 8 : 4);                                  \
  int denominator = between(0, 7), a = (1 << denominator) + between(-128, 127);                                       \
  int b = (1 << denominator) + between(-128, 127), offset = between(-128, 127), offset2 = between(-128, 127);         \
  for (int i = 0; i < 64 * 64; i++) first[i] = between(-32768, 32767);                                                \
  (void)denominator, (void)a, (void)b, (void)offset, (void)offset2

static int16_t first[64 * 64];

static void check_interpolation(const HEVCDSPContext *c, const HEVCDSPContext *k) {
#define TABLE(context, suffix)                                                                                        \
  (luma ? (context)->put_hevc_qpel##suffix[i][has_v][has_h] : (context)->put_hevc_epel##suffix[i][has_v][has_h])
  for (int i = 0; i < 10; i++)
    for (int mode = 0; mode < 8; mode++) {
      int luma = mode >> 2, has_v = mode >> 1 & 1, has_h = mode & 1, width = widths[i];
      CHECK("put", width, mode, Put, TABLE(c, ), TABLE(k, ),
            f((int16_t *)(out + (at & -4)), source + from, STRIDE, height, mx, my, width), POSITION())
      CHECK("uni", width, mode, Uni, TABLE(c, _uni), TABLE(k, _uni),
            f(out + at, STRIDE, source + from, STRIDE, height, mx, my, width), POSITION())
      CHECK("uni_w", width, mode, UniW, TABLE(c, _uni_w), TABLE(k, _uni_w),
            f(out + at, STRIDE, source + from, STRIDE, height, denominator, a, offset, mx, my, width), POSITION())
      CHECK("bi", width, mode, Bi, TABLE(c, _bi), TABLE(k, _bi),
            f(out + at, STRIDE, source + from, STRIDE, first, height, mx, my, width), POSITION())
      CHECK("bi_w", width, mode, BiW, (BiW)TABLE(c, _bi_w), (BiW)TABLE(k, _bi_w),
            f(out + at, STRIDE, source + from, STRIDE, first, height, denominator, a, b, offset, offset2, mx, my,
              width),
            POSITION())
    }
}

typedef void (*LumaEdge)(uint8_t *, ptrdiff_t, int, const int32_t *, const uint8_t *, const uint8_t *);
typedef void (*ChromaEdge)(uint8_t *, ptrdiff_t, const int32_t *, const uint8_t *, const uint8_t *);

// A step at the edge, for the weak filter: `along` is the distance of samples along the edge.
static void prepare_edge(int at, int along, int across) {
  prepare_samples();
  int step = between(-48, 48) * (1 << (bits - 8));
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 4; j++) {
      uint8_t *to = start + at + i * along + j * across;
      int value = *to;
      if (pixel == 2)
        value |= to[1] << 8;
      value += step;
      set_sample(to, value < 0 ? 0 : value >> bits ? (1 << bits) - 1 : value);
    }
  memcpy(expected, start, SIZE);
  memcpy(actual, start, SIZE);
}

static void check_edges(const char *name, int along, int across, LumaEdge luma_reference, LumaEdge luma,
                        ChromaEdge chroma_reference, ChromaEdge chroma) {
  static const uint8_t never[2];
  int32_t tc[2];
  CHECK(name, bits, 0, LumaEdge, luma_reference, luma, f(out + at, STRIDE, beta, tc, never, never),
        int at = place(8); prepare_edge(at, along, across); int beta = between(0, 64);
        tc[0] = between(0, 24); tc[1] = between(0, 24))
  CHECK(name, bits, 1, ChromaEdge, chroma_reference, chroma, f(out + at, STRIDE, tc, never, never),
        int at = place(8); prepare_edge(at, along, across); tc[0] = between(0, 24); tc[1] = between(0, 24))
}

static int16_t coefficients[32 * 32];

// Small ones as they are, and any that 16 bits hold.
static void prepare_coefficients(void) {
  prepare_samples();
  int highest = 1 << between(4, 15);
  for (int i = 0; i < 32 * 32; i++)
    coefficients[i] = between(-highest, highest - 1);
  if (between(0, 3) == 0)
    for (int i = 0; i < 32 * 32; i++)
      coefficients[i] = coefficients[i] < 0 ? -32768 : 32767;
}

typedef void (*AddResidual)(uint8_t *, const int16_t *, ptrdiff_t);
typedef void (*InPlace)(int16_t *);
static void check_residuals(const HEVCDSPContext *c, const HEVCDSPContext *k) {
  for (int i = 0; i < 4; i++) {
    CHECK("add_residual", bits, 4 << i, AddResidual, c->add_residual[i], k->add_residual[i],
          f(out + at, coefficients, STRIDE), prepare_coefficients(); int at = place(4))
    CHECK("idct_dc", bits, 4 << i, InPlace, c->idct_dc[i], k->idct_dc[i],
          memcpy(out + 2048, coefficients, sizeof(coefficients)); f((int16_t *)(out + 2048)), prepare_coefficients())
  }
  CHECK("transform_4x4_luma", bits, 4, InPlace, c->transform_4x4_luma, k->transform_4x4_luma,
        memcpy(out + 2048, coefficients, sizeof(coefficients)); f((int16_t *)(out + 2048)), prepare_coefficients())
}

typedef void (*EmulatedEdge)(uint8_t *, const uint8_t *, ptrdiff_t, ptrdiff_t, int, int, int, int, int, int);

// Blocks that lie anywhere about a small picture.
static void check_emulated_edge(void) {
  VideoDSPContext c, k;
  __real_ff_videodsp_init(&c, bits);
  ff_videodsp_init(&k, bits);
  CHECK("emulated_edge", bits, 0, EmulatedEdge, c.emulated_edge_mc, k.emulated_edge_mc,
        f(out + at, source + 40 * STRIDE + y * STRIDE + x * pixel, STRIDE, STRIDE, block_width, block_height, x, y,
          width, height),
        prepare_samples(); int at = place(1) & -pixel; int block_width = between(1, 71 / pixel);
        int block_height = between(1, 71); int x = between(-80, 80); int y = between(-80, 80);
        int width = between(1, 80); int height = between(1, 80))
}

typedef void (*SaoBand)(uint8_t *, const uint8_t *, ptrdiff_t, ptrdiff_t, const int16_t *, int, int, int);
typedef void (*SaoEdge)(uint8_t *, const uint8_t *, ptrdiff_t, const int16_t *, int, int, int);

static void check_sao(const HEVCDSPContext *c, const HEVCDSPContext *k) {
  int16_t offsets[5] = {0};
  CHECK("sao_band", bits, 0, SaoBand, c->sao_band_filter[0], k->sao_band_filter[0],
        f(out + at, source + at, STRIDE, STRIDE, offsets, left, width, height),
        prepare_samples(); int at = place(4); int left = between(0, 31); int width = between(1, 64);
        int height = between(1, 64); for (int i = 1; i < 5; i++) offsets[i] = between(-31, 31))
  for (int direction = 0; direction < 4; direction++)
    CHECK("sao_edge", bits, direction, SaoEdge, c->sao_edge_filter[0], k->sao_edge_filter[0],
          f(out + at, source + at, STRIDE, offsets, direction, width, height),
          prepare_samples(); int at = place(4); int width = between(1, 64); int height = between(1, 64);
          for (int i = 1; i < 5; i++) offsets[i] = between(-31, 31))
}

typedef void (*Transform)(int16_t *, int);

// FFmpeg's kernels; where they end the coefficients, the C functions need not look.
static void check_transforms(const HEVCDSPContext *c, const HEVCDSPContext *k) {
  for (int i = 0; i < 4; i++)
    CHECK("idct", bits, 4 << i, Transform, c->idct[i], k->idct[i],
          memcpy(out + 2048, coefficients, sizeof(coefficients)); f((int16_t *)(out + 2048), 32),
          prepare_coefficients())
}

typedef void (*Planar)(uint8_t *, const uint8_t *, const uint8_t *, ptrdiff_t);
typedef void (*Dc)(uint8_t *, const uint8_t *, const uint8_t *, ptrdiff_t, int, int);
typedef void (*Angular)(uint8_t *, const uint8_t *, const uint8_t *, ptrdiff_t, int, int);
typedef void (*Smooth)(uint8_t *, uint8_t *, const uint8_t *, const uint8_t *, int);

static void check_intra_prediction(void) {
  HEVCPredContext c, k;
  __real_ff_hevc_pred_init(&c, bits);
  ff_hevc_pred_init(&k, bits);
  // The two sides begin with the same corner.
#define SIDES                                                                                                         \
  prepare_samples(); int at = place(4); int is_chroma = between(0, 1);                                                \
  const uint8_t *top = source + 4 * STRIDE, *left = source + 8 * STRIDE;                                              \
  memcpy(source + 8 * STRIDE - pixel, top - pixel, pixel)
  for (int i = 0; i < 4; i++) {
    CHECK("planar", bits, 4 << i, Planar, c.pred_planar[i], k.pred_planar[i],
          (void)is_chroma; f(out + at, top, left, STRIDE / pixel), SIDES)
    CHECK("dc", bits, 4 << i, Dc, c.pred_dc, k.pred_dc, f(out + at, top, left, STRIDE / pixel, i + 2, is_chroma), SIDES)
    for (int mode = 2; mode < 35; mode++)
      CHECK("angular", 4 << i, mode, Angular, c.pred_angular[i], k.pred_angular[i],
            f(out + at, top, left, STRIDE / pixel, is_chroma, mode), SIDES)
  }
  for (int i = 0; i < 3; i++)
    CHECK("smooth", bits, 8 << i, Smooth, c.ref_filter_3tap[i], k.ref_filter_3tap[i],
          (void)is_chroma; f(out + at, out + at + 4 * STRIDE, left, top, 8 << i), SIDES)
}

static void check_depth(int depth) {
  bits = depth;
  pixel = depth > 8 ? 2 : 1;
  HEVCDSPContext c, k;
  ff_hevc_dsp_init(&k, depth);
  __real_ff_hevc_dsp_init(&c, depth);
  rounds = 30;
  check_interpolation(&c, &k);
  check_intra_prediction();
  check_residuals(&c, &k);
  rounds = 1000;
  check_emulated_edge();
  check_sao(&c, &k);
  check_transforms(&c, &k);
  check_edges("h_loop_filter", pixel, STRIDE, c.hevc_h_loop_filter_luma, k.hevc_h_loop_filter_luma,
              c.hevc_h_loop_filter_chroma, k.hevc_h_loop_filter_chroma);
  check_edges("v_loop_filter", STRIDE, pixel, c.hevc_v_loop_filter_luma, k.hevc_v_loop_filter_luma,
              c.hevc_v_loop_filter_chroma, k.hevc_v_loop_filter_chroma);
}

int main(void) {
  check_depth(8);
  check_depth(10);
  return report("HEVC");
}
