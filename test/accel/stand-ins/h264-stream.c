#include "h264-stream.h"

#define NAL_SPS 0x67 // nal_ref_idc 3
#define NAL_PPS 0x68
#define PROFILE_HIGH 100 // what the lower profiles can do is a part of it
#define LEVEL_6_2 62

static const uint8_t start_code[] = {0, 0, 0, 1};

static void append_parameter_set(ByteBuffer *stream, BitWriter *bits) {
  put_bits(bits, 1, 1); // rbsp_stop_one_bit
  append_unit(stream, &bits->bytes);
  stream->is_out_of_memory |= bits->bytes.is_out_of_memory;
  bytes_free(&bits->bytes);
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
  put_bits(&bits, 1, 0);  // qpprime_y_zero_transform_bypass_flag
  put_bits(&bits, 1, 0);  // seq_scaling_matrix_present_flag: the lists stand in the PPS
  put_unsigned(&bits, (unsigned)sequence->log2_max_frame_num_minus4);
  put_unsigned(&bits, (unsigned)sequence->pic_order_cnt_type);
  if (sequence->pic_order_cnt_type == 0) {
    put_unsigned(&bits, (unsigned)sequence->log2_max_pic_order_cnt_lsb_minus4);
  } else if (sequence->pic_order_cnt_type == 1) {
    put_bits(&bits, 1, sequence->delta_pic_order_always_zero_flag);
    put_signed(&bits, 0);   // offset_for_non_ref_pic: drivers are not told
    put_signed(&bits, 0);   // offset_for_top_to_bottom_field
    put_unsigned(&bits, 0); // num_ref_frames_in_pic_order_cnt_cycle
  }
  put_unsigned(&bits, (unsigned)sequence->num_ref_frames);
  put_bits(&bits, 1, sequence->gaps_in_frame_num_value_allowed_flag);
  int fields = sequence->frame_mbs_only_flag ? 1 : 2;
  put_unsigned(&bits, (unsigned)sequence->pic_width_in_mbs - 1);
  put_unsigned(&bits, (unsigned)(sequence->pic_height_in_mbs / fields) - 1);
  put_bits(&bits, 1, sequence->frame_mbs_only_flag);
  if (!sequence->frame_mbs_only_flag)
    put_bits(&bits, 1, sequence->mb_adaptive_frame_field_flag);
  put_bits(&bits, 1, sequence->direct_8x8_inference_flag);
  put_bits(&bits, 1, 0); // frame_cropping_flag: drivers decode whole macroblocks
  put_bits(&bits, 1, 0); // vui_parameters_present_flag
  append_parameter_set(stream, &bits);
}

// The zig-zag scan of frames, for scaling lists: along the anti-diagonals, every other one upwards.
static void put_scaling_list(BitWriter *bits, const uint8_t *raster, int side) {
  put_bits(bits, 1, 1); // pic_scaling_list_present_flag
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
  put_bits(bits, 1, !is_flat); // pic_scaling_matrix_present_flag
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
  put_bits(&bits, 1, picture->entropy_coding_mode_flag);
  put_bits(&bits, 1, picture->pic_order_present_flag);
  put_unsigned(&bits, 0); // num_slice_groups_minus1
  put_unsigned(&bits, (unsigned)picture->num_ref_idx_l0_active_minus1);
  put_unsigned(&bits, (unsigned)picture->num_ref_idx_l1_active_minus1);
  put_bits(&bits, 1, picture->weighted_pred_flag);
  put_bits(&bits, 2, (unsigned)picture->weighted_bipred_idc);
  put_signed(&bits, picture->pic_init_qp_minus26);
  put_signed(&bits, picture->pic_init_qs_minus26);
  put_signed(&bits, picture->chroma_qp_index_offset);
  put_bits(&bits, 1, picture->deblocking_filter_control_present_flag);
  put_bits(&bits, 1, picture->constrained_intra_pred_flag);
  put_bits(&bits, 1, picture->redundant_pic_cnt_present_flag);
  put_bits(&bits, 1, picture->transform_8x8_mode_flag);
  put_scaling_matrix(&bits, picture);
  put_signed(&bits, picture->second_chroma_qp_index_offset);
  append_parameter_set(stream, &bits);
}

void h264_append_unit(ByteBuffer *stream, const uint8_t *unit, size_t size) {
  bytes_append(stream, start_code, sizeof(start_code));
  bytes_append(stream, unit, size);
}

unsigned h264_slice_parameter_set(const uint8_t *unit, size_t size) {
  BitReader bits = {.data = unit, .size = size, .at = 8};
  get_unsigned(&bits); // first_mb_in_slice
  get_unsigned(&bits); // slice_type
  return get_unsigned(&bits);
}
