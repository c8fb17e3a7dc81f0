#include "h264-stream.h"

#include <stdlib.h>
#include <string.h>

#define NAL_SPS 0x67 // nal_ref_idc 3
#define NAL_PPS 0x68
#define PROFILE_HIGH 100 // what the lower profiles can do is a part of it
#define LEVEL_6_2 62
#define LARGEST_PARAMETER_SET 1024

static const uint8_t start_code[] = {0, 0, 0, 1};

void bytes_append(ByteBuffer *buffer, const void *data, size_t size) {
  if (buffer->size + size > buffer->capacity) {
    size_t capacity = 2 * (buffer->size + size);
    uint8_t *grown = realloc(buffer->data, capacity);
    if (!grown) {
      buffer->is_out_of_memory = true;
      return;
    }
    buffer->data = grown;
    buffer->capacity = capacity;
  }
  if (size)
    memcpy(buffer->data + buffer->size, data, size);
  buffer->size += size;
}

void bytes_free(ByteBuffer *buffer) {
  free(buffer->data);
  *buffer = (ByteBuffer){0};
}

typedef struct {
  uint8_t data[LARGEST_PARAMETER_SET];
  size_t bits;
} BitWriter;

static void put_bit(BitWriter *to, unsigned bit) {
  if (to->bits >= 8 * sizeof(to->data))
    return;
  to->data[to->bits / 8] |= (uint8_t)((bit & 1) << (7 - to->bits % 8));
  to->bits++;
}

static void put_bits(BitWriter *to, int count, unsigned value) {
  while (count--)
    put_bit(to, value >> count);
}

// ue(v)
static void put_unsigned(BitWriter *to, unsigned value) {
  int length = 0;
  while ((value + 1) >> (length + 1))
    length++;
  put_bits(to, length, 0);
  put_bits(to, length + 1, value + 1);
}

// se(v)
static void put_signed(BitWriter *to, int value) {
  put_unsigned(to, value > 0 ? 2 * (unsigned)value - 1 : 2 * (unsigned)-value);
}

// rbsp_trailing_bits(), then the bytes as a NAL unit: no start code may be imitated within it.
static void append_parameter_set(ByteBuffer *stream, BitWriter *bits) {
  put_bit(bits, 1);
  size_t size = (bits->bits + 7) / 8;
  bytes_append(stream, start_code, sizeof(start_code));
  int zeros = 0;
  for (size_t i = 0; i < size; i++) {
    if (zeros == 2 && bits->data[i] <= 3) {
      bytes_append(stream, &(uint8_t){3}, 1);
      zeros = 0;
    }
    bytes_append(stream, &bits->data[i], 1);
    zeros = bits->data[i] ? 0 : zeros + 1;
  }
}

void h264_append_sequence_parameters(ByteBuffer *stream, const SequenceParameters *sequence) {
  BitWriter bits = {0};
  put_bits(&bits, 8, NAL_SPS);
  put_bits(&bits, 8, PROFILE_HIGH);
  put_bits(&bits, 8, 0); // constraint flags
  put_bits(&bits, 8, LEVEL_6_2);
  put_unsigned(&bits, 0); // seq_parameter_set_id
  put_unsigned(&bits, 1); // chroma_format_idc
  put_unsigned(&bits, 0); // bit_depth_luma_minus8
  put_unsigned(&bits, 0); // bit_depth_chroma_minus8
  put_bit(&bits, 0);      // qpprime_y_zero_transform_bypass_flag
  put_bit(&bits, 0);      // seq_scaling_matrix_present_flag: the lists stand in the PPS
  put_unsigned(&bits, (unsigned)sequence->log2_max_frame_num_minus4);
  put_unsigned(&bits, (unsigned)sequence->pic_order_cnt_type);
  if (sequence->pic_order_cnt_type == 0) {
    put_unsigned(&bits, (unsigned)sequence->log2_max_pic_order_cnt_lsb_minus4);
  } else if (sequence->pic_order_cnt_type == 1) {
    put_bit(&bits, sequence->delta_pic_order_always_zero_flag);
    put_signed(&bits, 0);   // offset_for_non_ref_pic: drivers are not told
    put_signed(&bits, 0);   // offset_for_top_to_bottom_field
    put_unsigned(&bits, 0); // num_ref_frames_in_pic_order_cnt_cycle
  }
  put_unsigned(&bits, (unsigned)sequence->num_ref_frames);
  put_bit(&bits, sequence->gaps_in_frame_num_value_allowed_flag);
  int fields = sequence->frame_mbs_only_flag ? 1 : 2;
  put_unsigned(&bits, (unsigned)sequence->pic_width_in_mbs - 1);
  put_unsigned(&bits, (unsigned)(sequence->pic_height_in_mbs / fields) - 1);
  put_bit(&bits, sequence->frame_mbs_only_flag);
  if (!sequence->frame_mbs_only_flag)
    put_bit(&bits, sequence->mb_adaptive_frame_field_flag);
  put_bit(&bits, sequence->direct_8x8_inference_flag);
  put_bit(&bits, 0); // frame_cropping_flag: drivers decode whole macroblocks
  put_bit(&bits, 0); // vui_parameters_present_flag
  append_parameter_set(stream, &bits);
}

// The zig-zag scan of frames, for scaling lists: along the anti-diagonals, every other one upwards.
static void put_scaling_list(BitWriter *bits, const uint8_t *raster, int side) {
  put_bit(bits, 1); // pic_scaling_list_present_flag
  int last = 8;
  for (int diagonal = 0; diagonal < 2 * side - 1; diagonal++) {
    for (int i = 0; i <= diagonal; i++) {
      int row = diagonal % 2 ? i : diagonal - i;
      int column = diagonal - row;
      if (row >= side || column >= side)
        continue;
      int value = raster[row * side + column];
      put_signed(bits, (int8_t)(value - last)); // delta_scale, modulo 256
      last = value;
    }
  }
}

static bool are_flat(const uint8_t *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (values[i] != 16)
      return false;
  return true;
}

static void put_scaling_matrix(BitWriter *bits, const PictureParameters *picture) {
  bool is_flat = (!picture->scaling_lists_4x4 || are_flat(*picture->scaling_lists_4x4, 6 * 16)) &&
                 (!picture->scaling_lists_8x8 || are_flat(*picture->scaling_lists_8x8, 2 * 64));
  put_bit(bits, !is_flat); // pic_scaling_matrix_present_flag
  if (is_flat)
    return;
  for (int i = 0; i < 6; i++)
    put_scaling_list(bits, picture->scaling_lists_4x4[i], 4);
  for (int i = 0; picture->transform_8x8_mode_flag && i < 2; i++)
    put_scaling_list(bits, picture->scaling_lists_8x8[i], 8);
}

void h264_append_picture_parameters(ByteBuffer *stream, const PictureParameters *picture, unsigned id) {
  BitWriter bits = {0};
  put_bits(&bits, 8, NAL_PPS);
  put_unsigned(&bits, id);
  put_unsigned(&bits, 0); // seq_parameter_set_id
  put_bit(&bits, picture->entropy_coding_mode_flag);
  put_bit(&bits, picture->pic_order_present_flag);
  put_unsigned(&bits, 0); // num_slice_groups_minus1
  put_unsigned(&bits, (unsigned)picture->num_ref_idx_l0_active_minus1);
  put_unsigned(&bits, (unsigned)picture->num_ref_idx_l1_active_minus1);
  put_bit(&bits, picture->weighted_pred_flag);
  put_bits(&bits, 2, (unsigned)picture->weighted_bipred_idc);
  put_signed(&bits, picture->pic_init_qp_minus26);
  put_signed(&bits, picture->pic_init_qs_minus26);
  put_signed(&bits, picture->chroma_qp_index_offset);
  put_bit(&bits, picture->deblocking_filter_control_present_flag);
  put_bit(&bits, picture->constrained_intra_pred_flag);
  put_bit(&bits, picture->redundant_pic_cnt_present_flag);
  put_bit(&bits, picture->transform_8x8_mode_flag);
  put_scaling_matrix(&bits, picture);
  put_signed(&bits, picture->second_chroma_qp_index_offset);
  append_parameter_set(stream, &bits);
}

void h264_append_unit(ByteBuffer *stream, const uint8_t *unit, size_t size) {
  bytes_append(stream, start_code, sizeof(start_code));
  bytes_append(stream, unit, size);
}

static unsigned read_bit(const uint8_t *data, size_t size, size_t *at) {
  unsigned bit = *at / 8 < size ? data[*at / 8] >> (7 - *at % 8) & 1 : 1;
  ++*at;
  return bit;
}

static unsigned read_unsigned(const uint8_t *data, size_t size, size_t *at) {
  int zeros = 0;
  while (zeros < 31 && !read_bit(data, size, at))
    zeros++;
  unsigned value = 1;
  for (int i = 0; i < zeros; i++)
    value = value << 1 | read_bit(data, size, at);
  return value - 1;
}

unsigned h264_slice_parameter_set(const uint8_t *unit, size_t size) {
  size_t at = 8;
  read_unsigned(unit, size, &at); // first_mb_in_slice
  read_unsigned(unit, size, &at); // slice_type
  return read_unsigned(unit, size, &at);
}
