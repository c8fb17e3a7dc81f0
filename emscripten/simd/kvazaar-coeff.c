// Kvazaar's coding of a block's coefficients (ITU-T H.265, 7.3.8.11 and 9.3.4.2): the arithmetic coder's state in
// locals; and where bits are only counted, its contexts alone, as nothing else of its state is ever read.
#include <stdlib.h>

#include "cabac.h"
#include "context.h"
#include "encoder.h"
#include "encoderstate.h"
#include "strategies/strategies-encode.h"
#include "tables.h"

#include "kvazaar-simd.h"

// The state of a context before and after a bin, and for both in one step.
static uint8_t next_state[128][2];

// For each order of scanning and each position in it, the place among the 4 × 4 of its group.
static uint8_t place[3][16];

// What is added to the context of sig_coeff_flag: by which of the groups to the right and below are coded; and in
// blocks of 4 × 4.
static uint8_t significance[3][4][16];
static uint8_t significance_4x4[3][16];

// Coding bins ---------------------------------------------------------------------------------------------------------

typedef struct Coder {
  cabac_data_t *cabac;
  uint32_t low;
  uint32_t range;
  int32_t bits_left;
  int counts;  // no bytes are made
  int updates; // contexts change
  double bits;
} Coder;

INLINE void put_bytes(Coder *coder) {
  if (coder->bits_left >= 12)
    return;
  coder->cabac->low = coder->low;
  coder->cabac->bits_left = coder->bits_left;
  kvz_cabac_write(coder->cabac);
  coder->low = coder->cabac->low;
  coder->bits_left = coder->cabac->bits_left;
}

INLINE void count_bin(Coder *coder, cabac_ctx_t *context, int bin) {
  coder->bits += CTX_ENTROPY_FBITS(context, bin);
  if (coder->updates)
    context->uc_state = next_state[context->uc_state][bin];
}

INLINE void write_bin(Coder *coder, cabac_ctx_t *context, int bin) {
  uint32_t state = context->uc_state;
  uint32_t least_probable = kvz_g_auc_lpst_table[state >> 1][coder->range >> 6 & 3];
  context->uc_state = next_state[state][bin];
  coder->range -= least_probable;
  int shift;
  if ((state ^ bin) & 1) {
    shift = kvz_g_auc_renorm_table[least_probable >> 3];
    coder->low = (coder->low + coder->range) << shift;
    coder->range = least_probable << shift;
  } else {
    shift = coder->range < 256;
    coder->low <<= shift;
    coder->range <<= shift;
  }
  coder->bits_left -= shift;
  put_bytes(coder);
}

INLINE void code_bin(Coder *coder, cabac_ctx_t *context, int bin) {
  if (coder->counts)
    count_bin(coder, context, bin);
  else
    write_bin(coder, context, bin);
}

// Up to 8 bins of equal probability.
INLINE void write_few_equal(Coder *coder, uint32_t bins, int count) {
  coder->low = (coder->low << count) + coder->range * bins;
  coder->bits_left -= count;
  put_bytes(coder);
}

INLINE void code_equal(Coder *coder, uint32_t bins, int count) {
  if (coder->counts) {
    coder->bits += count;
    return;
  }
  for (; count > 8; count -= 8)
    write_few_equal(coder, bins >> (count - 8) & 255, 8);
  write_few_equal(coder, bins & ((1u << count) - 1), count);
}

// coeff_abs_level_remaining
INLINE void code_remainder(Coder *coder, uint32_t value, int rice) {
  uint32_t prefix = value >> rice;
  if (prefix < 3) {
    code_equal(coder, (2u << prefix) - 2, (int)prefix + 1);
    code_equal(coder, value & ((1u << rice) - 1), rice);
    return;
  }
  // An exponential code of what is left.
  value -= 3u << rice;
  int length = rice;
  for (; value >= 1u << length; length++)
    value -= 1u << length;
  int prefix_length = 3 + length + 1 - rice;
  code_equal(coder, (1u << prefix_length) - 2, prefix_length);
  code_equal(coder, value, length);
}

// The last coefficient's position -------------------------------------------------------------------------------------

INLINE void code_last_prefix(Coder *coder, cabac_ctx_t *contexts, int shift, int group, int largest) {
  for (int i = 0; i < group; i++)
    code_bin(coder, &contexts[i >> shift], 1);
  if (group < largest)
    code_bin(coder, &contexts[group >> shift], 0);
}

INLINE void code_last_suffix(Coder *coder, int position, int group) {
  if (group > 3)
    code_equal(coder, (uint32_t)(position - g_min_in_group[group]), (group - 2) / 2);
}

INLINE void code_last(Coder *coder, int x, int y, int log2_size, int type) {
  int offset = type ? 0 : 3 * (log2_size - 2) + (log2_size - 1) / 4;
  int shift = type ? log2_size - 2 : (log2_size + 1) / 4;
  int group_x = g_group_idx[x], group_y = g_group_idx[y], largest = g_group_idx[(1 << log2_size) - 1];
  cabac_data_t *cabac = coder->cabac;
  cabac_ctx_t *contexts_x = type ? cabac->ctx.cu_ctx_last_x_chroma : cabac->ctx.cu_ctx_last_x_luma;
  cabac_ctx_t *contexts_y = type ? cabac->ctx.cu_ctx_last_y_chroma : cabac->ctx.cu_ctx_last_y_luma;
  code_last_prefix(coder, contexts_x + offset, shift, group_x, largest);
  code_last_prefix(coder, contexts_y + offset, shift, group_y, largest);
  code_last_suffix(coder, x, group_x);
  code_last_suffix(coder, y, group_y);
}

// Groups of 4 × 4 -----------------------------------------------------------------------------------------------------

typedef struct Group {
  uint32_t used;     // a bit for each position, in the order of scanning
  uint32_t negative; // likewise
  uint16_t size[16]; // absolute values, in the order of scanning
} Group;

INLINE v128_t load_two_rows(const coeff_t *at, int stride) {
  return wasm_v128_load64_lane(at + stride, wasm_v128_load64_zero(at), 1);
}

INLINE uint32_t bits_of(v128_t low, v128_t high) {
  return wasm_i8x16_bitmask(wasm_i8x16_narrow_i16x8(low, high));
}

static int group_is_used(const coeff_t *at, int stride) {
  return wasm_v128_any_true(wasm_v128_or(load_two_rows(at, stride), load_two_rows(at + 2 * stride, stride)));
}

// Words of two vectors at eight places among their sixteen.
INLINE v128_t pick(v128_t low, v128_t high, const uint8_t *places) {
  v128_t words = wasm_u16x8_load8x8(places);
  v128_t bytes = wasm_v128_or(wasm_i16x8_shl(words, 1), wasm_i16x8_shl(words, 9));
  bytes = wasm_i8x16_add(bytes, wasm_i16x8_const_splat(0x0100));
  // Indices beyond 15 give zero.
  return wasm_v128_or(wasm_i8x16_swizzle(low, bytes),
                      wasm_i8x16_swizzle(high, wasm_i8x16_sub(bytes, wasm_i8x16_const_splat(16))));
}

INLINE void read_group(const coeff_t *at, int stride, const uint8_t *places, Group *group) {
  v128_t top = load_two_rows(at, stride), bottom = load_two_rows(at + 2 * stride, stride);
  v128_t low = pick(top, bottom, places), high = pick(top, bottom, places + 8);
  v128_t zero = wasm_i16x8_const_splat(0);
  group->used = bits_of(wasm_i16x8_ne(low, zero), wasm_i16x8_ne(high, zero));
  group->negative = bits_of(low, high);
  wasm_v128_store(group->size, wasm_i16x8_abs(low));
  wasm_v128_store(group->size + 8, wasm_i16x8_abs(high));
}

// sig_coeff_flag from position `first` down to 0; the last one follows from a group that would be empty without.
INLINE void code_significance(Coder *coder, cabac_ctx_t *contexts, const uint8_t *increments, uint32_t used, int first,
                              int has_dc, int is_inferred) {
  for (int i = first; i > 0; i--)
    code_bin(coder, &contexts[increments[i]], used >> i & 1);
  if (first >= 0 && !(is_inferred && used == 1))
    code_bin(coder, has_dc ? &contexts[-has_dc] : &contexts[increments[0]], used & 1);
}

// The sizes of the coefficients, from the last one on.
INLINE int list_sizes(const Group *group, uint16_t sizes[16], uint32_t *signs) {
  int count = 0;
  *signs = 0;
  for (uint32_t left = group->used; left;) {
    int position = 31 - __builtin_clz(left);
    left ^= 1u << position;
    sizes[count++] = group->size[position];
    *signs = 2 * *signs + (group->negative >> position & 1);
  }
  return count;
}

// coeff_abs_level_greater1_flag and coeff_abs_level_greater2_flag. Returns whether there was any of the former.
INLINE int code_greater(Coder *coder, const uint16_t *sizes, int count, int type, int set) {
  cabac_data_t *cabac = coder->cabac;
  cabac_ctx_t *one = type ? &cabac->ctx.cu_one_model_chroma[4 * set] : &cabac->ctx.cu_one_model_luma[4 * set];
  cabac_ctx_t *two = type ? &cabac->ctx.cu_abs_model_chroma[set] : &cabac->ctx.cu_abs_model_luma[set];
  int context = 1, first = -1;
  for (int i = 0; i < count && i < C1FLAG_NUMBER; i++) {
    int is_greater = sizes[i] > 1;
    code_bin(coder, &one[context], is_greater);
    if (is_greater && first < 0)
      first = i;
    context = first >= 0 ? 0 : context < 3 ? context + 1 : 3;
  }
  if (first >= 0)
    code_bin(coder, two, sizes[first] > 2);
  return first >= 0;
}

INLINE void code_remainders(Coder *coder, const uint16_t *sizes, int count) {
  int rice = 0, is_first = 1;
  for (int i = 0; i < count; i++) {
    int base = i < C1FLAG_NUMBER ? 2 + is_first : 1;
    if (sizes[i] >= base) {
      code_remainder(coder, (uint32_t)(sizes[i] - base), rice);
      if (sizes[i] > 3 << rice && rice < 4)
        rice++;
    }
    is_first &= sizes[i] < 2;
  }
}

// Blocks --------------------------------------------------------------------------------------------------------------

typedef struct Block {
  const coeff_t *coeff;
  int log2_size;
  int type; // 0: luma
  int scan;
  int hides_signs;
} Block;

INLINE const coeff_t *group_at(const Block *block, int position) {
  int log2_groups = block->log2_size - 2;
  int x = position & ((1 << log2_groups) - 1), y = position >> log2_groups;
  return block->coeff + (y << (block->log2_size + 2)) + 4 * x;
}

// Which groups are used, in a map with a border to the right and below. Returns the last of them.
INLINE int find_groups(const Block *block, const uint32_t *order, uint8_t map[9][9]) {
  int log2_groups = block->log2_size - 2, last = 0;
  for (int i = 0; i < 1 << 2 * log2_groups; i++) {
    int position = (int)order[i];
    int is_used = group_is_used(group_at(block, position), 1 << block->log2_size);
    map[position >> log2_groups][position & ((1 << log2_groups) - 1)] = (uint8_t)is_used;
    if (is_used)
      last = i;
  }
  return last;
}

INLINE void clear_border(uint8_t map[9][9], int groups) {
  for (int i = 0; i <= groups; i++)
    map[i][groups] = map[groups][i] = 0;
}

INLINE int first_significance_context(const Block *block, int is_first_group) {
  if (block->log2_size == 2)
    return 0;
  int base = block->log2_size == 3 ? (block->scan == SCAN_DIAG ? 9 : 15) : block->type ? 12 : 21;
  return base + (block->type || is_first_group ? 0 : 3);
}

// `first`: the position of the last coefficient in its group, else 16.
INLINE int code_group(Coder *coder, const Block *block, const Group *group, int index, int first, int neighbours,
                      int had_greater) {
  cabac_data_t *cabac = coder->cabac;
  cabac_ctx_t *all = block->type ? cabac->ctx.cu_sig_model_chroma : cabac->ctx.cu_sig_model_luma;
  int base = first_significance_context(block, index == 0);
  const uint8_t *increments =
      block->log2_size == 2 ? significance_4x4[block->scan] : significance[block->scan][neighbours];
  code_significance(coder, all + base, increments, group->used, first - 1, index == 0 ? base : 0,
                    index > 0 && first == 16);
  if (!group->used)
    return had_greater;
  uint16_t sizes[16];
  uint32_t signs;
  int count = list_sizes(group, sizes, &signs);
  int set = (index > 0 && !block->type ? 2 : 0) + had_greater;
  int has_greater = code_greater(coder, sizes, count, block->type, set);
  int span = 31 - __builtin_clz(group->used) - __builtin_ctz(group->used);
  int hidden = block->hides_signs && span >= 4;
  code_equal(coder, signs >> hidden, count - hidden);
  if (has_greater || count > C1FLAG_NUMBER)
    code_remainders(coder, sizes, count);
  return has_greater;
}

INLINE void code_groups(Coder *coder, const Block *block, const uint32_t *order, uint8_t map[9][9], int last) {
  cabac_ctx_t *contexts = &coder->cabac->ctx.cu_sig_coeff_group_model[block->type];
  int log2_groups = block->log2_size - 2, had_greater = 0;
  Group group;
  for (int i = last; i >= 0; i--) {
    int x = (int)order[i] & ((1 << log2_groups) - 1), y = (int)order[i] >> log2_groups;
    int neighbours = map[y][x + 1] + 2 * map[y + 1][x];
    int is_used = map[y][x];
    if (i == last || i == 0)
      map[y][x] = 1;
    else
      code_bin(coder, &contexts[neighbours > 0], is_used);
    if (!map[y][x])
      continue;
    read_group(group_at(block, (int)order[i]), 1 << block->log2_size, place[block->scan], &group);
    int first = 16;
    if (i == last) {
      first = 31 - __builtin_clz(group.used);
      int at = place[block->scan][first], across = 4 * x + (at & 3), down = 4 * y + (at >> 2);
      int turned = block->scan == SCAN_VER;
      code_last(coder, turned ? down : across, turned ? across : down, block->log2_size, block->type);
    }
    had_greater = code_group(coder, block, &group, i, first, neighbours, had_greater);
  }
}

INLINE void code_block(Coder *coder, const Block *block) {
  uint8_t map[9][9];
  const uint32_t *order = g_sig_last_scan_cg[block->log2_size - 2][block->scan];
  int groups = 1 << (block->log2_size - 2);
  clear_border(map, groups);
  int last = find_groups(block, order, map);
  code_groups(coder, block, order, map, last);
}

static void count_block(cabac_data_t *cabac, const Block *block, double *bits) {
  Coder coder = {.cabac = cabac, .counts = 1, .updates = cabac->update};
  code_block(&coder, block);
  *bits += coder.bits;
}

static void write_block(cabac_data_t *cabac, const Block *block) {
  Coder coder = {.cabac = cabac, .low = cabac->low, .range = cabac->range, .bits_left = cabac->bits_left};
  code_block(&coder, block);
  cabac->low = coder.low;
  cabac->range = coder.range;
  cabac->bits_left = coder.bits_left;
}

// Encryption, of which the library is built without, is left out.
static void encode_coeff_nxn(encoder_state_t *state, cabac_data_t *cabac, const coeff_t *coeff, uint8_t width,
                             uint8_t type, int8_t scan, int8_t skips_transform, double *bits) {
  const kvz_config *config = &state->encoder_control->cfg;
  const Block block = {
      .coeff = coeff,
      .log2_size = kvz_g_convert_to_bit[width] + 2,
      .type = type,
      .scan = scan,
      .hides_signs = config->signhide_enable && !config->lossless,
  };
  if (width == 4 && config->trskip_enable) {
    cabac_ctx_t *context = type ? &cabac->ctx.transform_skip_model_chroma : &cabac->ctx.transform_skip_model_luma;
    double flag = 0;
    CABAC_FBITS_UPDATE(cabac, context, skips_transform, flag, "transform_skip_flag");
    if (cabac->only_count)
      *bits += flag;
  }
  if (cabac->only_count)
    count_block(cabac, &block, bits);
  else
    write_block(cabac, &block);
}

// Tables --------------------------------------------------------------------------------------------------------------

// ITU-T H.265, 9.3.4.2.5: by the distance to the groups that are coded.
static int significance_of(int neighbours, int x, int y) {
  if (neighbours == 3)
    return 2;
  int distance = neighbours == 0 ? x + y : neighbours == 1 ? y : x;
  if (neighbours == 0)
    return distance == 0 ? 2 : distance < 3;
  return distance == 0 ? 2 : distance == 1;
}

static void fill_tables(void) {
  static const uint8_t in_4x4[16] = {0, 1, 4, 5, 2, 3, 4, 5, 6, 6, 8, 8, 7, 7, 8, 8};
  for (int state = 0; state < 128; state++)
    for (int bin = 0; bin < 2; bin++)
      next_state[state][bin] =
          (state ^ bin) & 1 ? kvz_g_auc_next_state_lps[state] : kvz_g_auc_next_state_mps[state];
  for (int scan = 0; scan < 3; scan++)
    for (int i = 0; i < 16; i++) {
      int at = (int)kvz_g_sig_last_scan[scan][1][i];
      place[scan][i] = (uint8_t)at;
      significance_4x4[scan][i] = in_4x4[at];
      for (int neighbours = 0; neighbours < 4; neighbours++)
        significance[scan][neighbours][i] = (uint8_t)significance_of(neighbours, at & 3, at >> 2);
    }
}

int __real_kvz_strategy_register_encode_avx2(void *opaque, uint8_t bit_depth);

int __wrap_kvz_strategy_register_encode_avx2(void *opaque, uint8_t bit_depth) {
  fill_tables();
  return __real_kvz_strategy_register_encode_avx2(opaque, bit_depth) &&
         register_kernel(opaque, "encode_coeff_nxn", encode_coeff_nxn);
}
