// Drivers get an H.264 picture taken apart: values of its parameter sets, and slices. A software decoder wants the
// stream that these came from, so the parameter sets are written again.
#pragma once
#include "bits.h"

// Names are those of ITU-T H.264, 7.3.2.
typedef struct {
  int pic_width_in_mbs;
  int pic_height_in_mbs; // of frames
  int num_ref_frames;
  int log2_max_frame_num_minus4;
  int pic_order_cnt_type;
  int log2_max_pic_order_cnt_lsb_minus4;
  bool delta_pic_order_always_zero_flag;
  bool gaps_in_frame_num_value_allowed_flag;
  bool frame_mbs_only_flag;
  bool mb_adaptive_frame_field_flag;
  bool direct_8x8_inference_flag;
} SequenceParameters;

typedef struct {
  bool entropy_coding_mode_flag;
  bool pic_order_present_flag;
  int num_ref_idx_l0_active_minus1; // the default, for slices that say nothing else
  int num_ref_idx_l1_active_minus1;
  bool weighted_pred_flag;
  int weighted_bipred_idc;
  int pic_init_qp_minus26;
  int pic_init_qs_minus26;
  int chroma_qp_index_offset;
  int second_chroma_qp_index_offset;
  bool deblocking_filter_control_present_flag;
  bool constrained_intra_pred_flag;
  bool redundant_pic_cnt_present_flag;
  bool transform_8x8_mode_flag;
  const uint8_t (*scaling_lists_4x4)[16]; // six, in raster order
  const uint8_t (*scaling_lists_8x8)[64]; // two: intra and inter
} PictureParameters;

void h264_append_sequence_parameters(ByteBuffer *stream, const SequenceParameters *sequence);
void h264_append_picture_parameters(ByteBuffer *stream, const PictureParameters *picture, unsigned id);
// A NAL unit with no start code before it.
void h264_append_unit(ByteBuffer *stream, const uint8_t *unit, size_t size);

// pic_parameter_set_id of a slice, whose NAL unit has no start code.
unsigned h264_slice_parameter_set(const uint8_t *unit, size_t size);
