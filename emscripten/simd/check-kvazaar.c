// Kvazaar's kernels beside its own functions: those in plain C where they say the same of every input, else AVX2's.
#include <stdlib.h>

#include "bitstream.h"
#include "cabac.h"
#include "encoder.h"
#include "encoderstate.h"
#include "image.h"
#include "strategies/strategies-dct.h"
#include "strategies/strategies-encode.h"
#include "strategies/strategies-picture.h"
#include "strategyselector.h"

#define ROUNDS 100
#include "check.h"

int kvz_strategy_register_dct_avx2(void *, uint8_t);
int kvz_strategy_register_encode_avx2(void *, uint8_t);
int kvz_strategy_register_encode_generic(void *, uint8_t);
int kvz_strategy_register_picture_avx2(void *, uint8_t);
int kvz_strategy_register_picture_generic(void *, uint8_t);
void __real_kvz_pixels_blit(const kvz_pixel *, kvz_pixel *, unsigned, unsigned, unsigned, unsigned);

static strategy_list_t strategies;

static void *function(const char *type, const char *name) {
  for (unsigned i = 0; i < strategies.count; i++)
    if (!strcmp(strategies.strategies[i].type, type) && !strcmp(strategies.strategies[i].strategy_name, name))
      return strategies.strategies[i].fptr;
  printf("no %s of %s\n", type, name);
  exit(1);
}

static int same(const char *name, int is_same) {
  if (!is_same) {
    printf("%s differs\n", name);
    failures++;
  }
  return is_same;
}

// Transforms: of differences of samples, of anything, and of few coefficients ------------------------------------------

static void fill_words(int16_t *words, int size) {
  int kind = between(0, 3), few = between(1, size), constant = between(-255, 255);
  for (int i = 0; i < size * size; i++) {
    int inside = i % size < few && i / size < few;
    words[i] = (int16_t)(kind == 0 ? between(-255, 255) : kind == 1 ? constant
                         : kind == 2 ? between(-32768, 32767) : inside ? between(-2000, 2000) : 0);
  }
}

static void check_transform(const char *type, int size) {
  _Alignas(64) static int16_t in[1024], expected_words[1024], actual_words[1024];
  dct_func *theirs = function(type, "avx2"), *ours = function(type, "simd128");
  for (int round = 0; round < ROUNDS; round++) {
    fill_words(in, size);
    theirs(8, in, expected_words);
    ours(8, in, actual_words);
    if (!same(type, !memcmp(expected_words, actual_words, (size_t)size * size * 2)))
      return;
  }
}

// Comparisons of pictures ----------------------------------------------------------------------------------------------

static void check_blocks(const char *type, const char *dual, int size) {
  cost_pixel_nxn_func *theirs = function(type, "generic"), *ours = function(type, "simd128");
  cost_pixel_nxn_multi_func *two = function(dual, "simd128");
  for (int round = 0; round < ROUNDS; round++) {
    prepare();
    const uint8_t *a = source + between(0, 63), *b = start + between(0, 63);
    unsigned sums[2] = {0};
    if (!same(type, theirs(a, b) == ours(a, b)))
      return;
    if (size > 32)
      continue;
    two((pred_buffer)b, a, 2, sums);
    if (!same(dual, sums[0] == theirs(b, a) && sums[1] == theirs(b + 1024, a)))
      return;
  }
}

static void check_any_size(void) {
  cost_pixel_any_size_func *satd = function("satd_any_size", "generic"), *our_satd = function("satd_any_size", "simd128");
  reg_sad_func *sad = function("reg_sad", "generic"), *our_sad = function("reg_sad", "simd128");
  get_optimized_sad_func *sad_for_width = function("get_optimized_sad", "simd128");
  for (int round = 0; round < 20 * ROUNDS; round++) {
    prepare();
    const uint8_t *a = source + place(1), *b = start + place(1);
    int width = 4 * between(1, 16), height = 4 * between(1, 16);
    if (!same("satd_any_size", satd(width, height, a, STRIDE, b, STRIDE) == our_satd(width, height, a, STRIDE, b, STRIDE)))
      return;
    unsigned expected_sad = sad(a, b, width, height, STRIDE, STRIDE);
    optimized_sad_func_ptr_t optimized = sad_for_width(width);
    if (!same("reg_sad", expected_sad == our_sad(a, b, width, height, STRIDE, STRIDE)))
      return;
    if (optimized && !same("get_optimized_sad", expected_sad == optimized(a, b, height, STRIDE, STRIDE)))
      return;
  }
}

static void check_squares(void) {
  pixels_calc_ssd_func *theirs = function("pixels_calc_ssd", "generic"), *ours = function("pixels_calc_ssd", "simd128");
  for (int round = 0; round < ROUNDS; round++) {
    prepare();
    const uint8_t *a = source + place(1), *b = start + place(1);
    for (int width = 4; width <= 64; width *= 2)
      if (!same("pixels_calc_ssd", theirs(a, b, STRIDE, STRIDE, width) == ours(a, b, STRIDE, STRIDE, width)))
        return;
  }
}

static void check_copies(void) {
  for (int round = 0; round < 10 * ROUNDS; round++) {
    prepare();
    int at = place(1), width = between(1, 70), height = between(1, 40);
    const uint8_t *from = source + place(1);
    __real_kvz_pixels_blit(from, expected + at, (unsigned)width, (unsigned)height, STRIDE, STRIDE);
    kvz_pixels_blit(from, actual + at, (unsigned)width, (unsigned)height, STRIDE, STRIDE);
    if (compare("kvz_pixels_blit", width, height))
      return;
  }
}

// Coefficients ---------------------------------------------------------------------------------------------------------

static int fill_coefficients(coeff_t *coeff, int size) {
  int density = between(1, 60), largest = 1 << between(0, 12), limit = between(1, size), count = 0;
  for (int i = 0; i < size * size; i++) {
    int inside = i % size < limit && i / size < limit && between(0, 99) < density;
    coeff[i] = (coeff_t)(inside ? between(-largest, largest) : 0);
    count += coeff[i] != 0;
  }
  return count;
}

static void random_contexts(cabac_data_t *cabac) {
  uint8_t *states = (uint8_t *)&cabac->ctx;
  for (size_t i = 0; i < sizeof cabac->ctx; i++)
    states[i] = (uint8_t)between(0, 125);
}

typedef struct Coded {
  cabac_data_t cabac;
  bitstream_t stream;
  double bits;
} Coded;

static void start_coding(Coded *coded, const cabac_data_t *contexts, int counts, int updates) {
  coded->cabac = *contexts;
  kvz_bitstream_init(&coded->stream);
  kvz_cabac_start(&coded->cabac);
  coded->cabac.stream = &coded->stream;
  coded->cabac.only_count = counts;
  coded->cabac.update = updates;
  coded->bits = 0;
}

static int streams_are_same(bitstream_t *a, bitstream_t *b) {
  if (a->len != b->len)
    return 0;
  kvz_data_chunk *x = kvz_bitstream_take_chunks(a), *y = kvz_bitstream_take_chunks(b);
  int is_same = 1;
  for (kvz_data_chunk *i = x, *j = y; i && j; i = i->next, j = j->next)
    is_same &= i->len == j->len && !memcmp(i->data, j->data, i->len);
  kvz_bitstream_free_chunks(x);
  kvz_bitstream_free_chunks(y);
  return is_same;
}

static int coded_alike(Coded *a, Coded *b) {
  if (memcmp(&a->cabac.ctx, &b->cabac.ctx, sizeof a->cabac.ctx) || a->bits != b->bits)
    return 0;
  if (a->cabac.only_count)
    return 1;
  kvz_cabac_finish(&a->cabac);
  kvz_cabac_finish(&b->cabac);
  return streams_are_same(&a->stream, &b->stream);
}

static void check_coefficients(void) {
  _Alignas(64) static coeff_t coeff[1024];
  static encoder_control_t control;
  static encoder_state_t encoder;
  static cabac_data_t contexts;
  static Coded theirs, ours;
  encode_coeff_nxn_func *expected_function = function("encode_coeff_nxn", "generic");
  encode_coeff_nxn_func *kernel = function("encode_coeff_nxn", "simd128");
  encoder.encoder_control = &control;
  for (int round = 0; round < 100 * ROUNDS; round++) {
    int log2_size = between(2, 5), size = 1 << log2_size, counts = between(0, 1), updates = counts ? between(0, 1) : 1;
    int scan = log2_size < 4 ? between(0, 2) : 0, type = 2 * between(0, 1), skips = between(0, 1);
    control.cfg.signhide_enable = (int8_t)between(0, 1);
    control.cfg.trskip_enable = between(0, 1);
    control.cfg.lossless = between(0, 7) == 0;
    random_contexts(&contexts);
    start_coding(&theirs, &contexts, counts, updates);
    start_coding(&ours, &contexts, counts, updates);
    // Several blocks, so that bytes come out.
    for (int block = 0; block < 4; block++) {
      if (!fill_coefficients(coeff, size))
        continue;
      expected_function(&encoder, &theirs.cabac, coeff, (uint8_t)size, (uint8_t)type, (int8_t)scan, (int8_t)skips, &theirs.bits);
      kernel(&encoder, &ours.cabac, coeff, (uint8_t)size, (uint8_t)type, (int8_t)scan, (int8_t)skips, &ours.bits);
    }
    if (!same("encode_coeff_nxn", coded_alike(&theirs, &ours)))
      return;
  }
}

int main(void) {
  kvz_strategy_register_dct_avx2(&strategies, 8);
  kvz_strategy_register_encode_generic(&strategies, 8);
  kvz_strategy_register_encode_avx2(&strategies, 8);
  kvz_strategy_register_picture_generic(&strategies, 8);
  kvz_strategy_register_picture_avx2(&strategies, 8);
  check_transform("dct_16x16", 16);
  check_transform("dct_32x32", 32);
  check_transform("idct_16x16", 16);
  check_transform("idct_32x32", 32);
  check_blocks("satd_8x8", "satd_8x8_dual", 8);
  check_blocks("satd_16x16", "satd_16x16_dual", 16);
  check_blocks("satd_32x32", "satd_32x32_dual", 32);
  check_blocks("satd_64x64", "satd_64x64_dual", 64);
  check_any_size();
  check_squares();
  check_copies();
  check_coefficients();
  return report("Kvazaar");
}
