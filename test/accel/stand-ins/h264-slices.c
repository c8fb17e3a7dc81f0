#include "h264-slices.h"

enum { UNIT_SLICE = 1, UNIT_IDR_SLICE = 5, UNIT_SPS = 7, UNIT_PPS = 8 };
enum { SLICE_P = 0, SLICE_I = 2 };

#define PROFILE_HIGH 100

static void read_sequence_parameters(SliceFormat *format, BitReader *bits) {
  unsigned profile = get_bits(bits, 8);
  get_bits(bits, 16); // constraint flags, level_idc
  get_unsigned(bits); // seq_parameter_set_id
  if (profile >= PROFILE_HIGH) {
    get_unsigned(bits); // chroma_format_idc
    get_unsigned(bits); // bit_depth_luma_minus8
    get_unsigned(bits); // bit_depth_chroma_minus8
    get_bits(bits, 2);  // qpprime_y_zero_transform_bypass_flag, seq_scaling_matrix_present_flag: x264 writes none
  }
  format->log2_max_frame_num = (int)get_unsigned(bits) + 4;
  format->pic_order_cnt_type = (int)get_unsigned(bits);
  if (format->pic_order_cnt_type == 0)
    format->log2_max_pic_order_cnt_lsb = (int)get_unsigned(bits) + 4;
}

static void read_picture_parameters(SliceFormat *format, BitReader *bits) {
  get_unsigned(bits); // pic_parameter_set_id
  get_unsigned(bits); // seq_parameter_set_id
  format->entropy_coding_mode_flag = get_bits(bits, 1);
  get_bits(bits, 1);  // bottom_field_pic_order_in_frame_present_flag
  get_unsigned(bits); // num_slice_groups_minus1
  format->num_ref_idx_l0_active_minus1 = (int)get_unsigned(bits);
  get_unsigned(bits); // num_ref_idx_l1_default_active_minus1
  get_bits(bits, 3);  // weighted_pred_flag, weighted_bipred_idc
  format->pic_init_qp = get_signed(bits) + 26;
  get_signed(bits); // pic_init_qs_minus26
  get_signed(bits); // chroma_qp_index_offset
  format->deblocking_filter_control_present_flag = get_bits(bits, 1);
}

void slices_read_format(SliceFormat *format, const uint8_t *picture, size_t size) {
  size_t at = 0, unit_size;
  const uint8_t *unit;
  while (next_unit(picture, size, &at, &unit, &unit_size)) {
    ByteBuffer payload = {0};
    append_payload(&payload, unit, unit_size);
    BitReader bits = {.data = payload.data, .size = payload.size, .at = 8};
    if ((unit[0] & 31) == UNIT_SPS)
      read_sequence_parameters(format, &bits);
    else if ((unit[0] & 31) == UNIT_PPS)
      read_picture_parameters(format, &bits);
    bytes_free(&payload);
  }
}

typedef struct {
  bool is_idr;
  unsigned nal_header;
  unsigned first_mb;
  unsigned slice_type;
  int active_references; // of list 0, minus 1
  unsigned cabac_init_idc;
  int quantizer;
  unsigned disable_deblocking_filter_idc;
  int alpha_offset_div2;
  int beta_offset_div2;
} SliceHeader;

// False: what only other streams have, B slices, reordered or weighted references, marking.
static bool read_header(SliceHeader *header, BitReader *bits, const SliceFormat *format) {
  header->nal_header = get_bits(bits, 8);
  header->is_idr = (header->nal_header & 31) == UNIT_IDR_SLICE;
  header->first_mb = get_unsigned(bits);
  header->slice_type = get_unsigned(bits);
  get_unsigned(bits); // pic_parameter_set_id
  get_bits(bits, format->log2_max_frame_num);
  if (header->is_idr)
    get_unsigned(bits); // idr_pic_id
  if (format->pic_order_cnt_type == 0)
    get_bits(bits, format->log2_max_pic_order_cnt_lsb);
  unsigned type = header->slice_type % 5;
  if (type != SLICE_P && type != SLICE_I)
    return false;
  header->active_references = format->num_ref_idx_l0_active_minus1;
  if (type == SLICE_P) {
    if (get_bits(bits, 1)) // num_ref_idx_active_override_flag
      header->active_references = (int)get_unsigned(bits);
    if (get_bits(bits, 1)) // ref_pic_list_modification_flag_l0
      return false;
  }
  bool is_reference = header->nal_header & 0x60;
  if (is_reference && get_bits(bits, header->is_idr ? 2 : 1)) // dec_ref_pic_marking()
    return false;
  if (format->entropy_coding_mode_flag && type == SLICE_P)
    header->cabac_init_idc = get_unsigned(bits);
  header->quantizer = format->pic_init_qp + get_signed(bits);
  if (format->deblocking_filter_control_present_flag) {
    header->disable_deblocking_filter_idc = get_unsigned(bits);
    if (header->disable_deblocking_filter_idc != 1) {
      header->alpha_offset_div2 = get_signed(bits);
      header->beta_offset_div2 = get_signed(bits);
    }
  }
  return true;
}

static bool write_header(BitWriter *bits, const SliceHeader *header, const SliceFormat *format,
                         const SliceValues *values) {
  put_bits(bits, 8, header->nal_header);
  put_unsigned(bits, header->first_mb);
  put_unsigned(bits, header->slice_type);
  put_unsigned(bits, values->pic_parameter_set_id);
  put_bits(bits, format->log2_max_frame_num, values->frame_num);
  if (header->is_idr)
    put_unsigned(bits, values->idr_pic_id);
  if (format->pic_order_cnt_type == 0)
    put_bits(bits, format->log2_max_pic_order_cnt_lsb, values->pic_order_cnt_lsb);
  bool is_p = header->slice_type % 5 == SLICE_P;
  if (is_p) {
    bool is_other = header->active_references != format->num_ref_idx_l0_active_minus1;
    put_bits(bits, 1, is_other);
    if (is_other)
      put_unsigned(bits, (unsigned)header->active_references);
    put_bits(bits, 1, 0); // ref_pic_list_modification_flag_l0
  }
  if (header->nal_header & 0x60)
    put_bits(bits, header->is_idr ? 2 : 1, 0); // dec_ref_pic_marking()
  if (format->entropy_coding_mode_flag && is_p)
    put_unsigned(bits, header->cabac_init_idc);
  put_signed(bits, header->quantizer - format->pic_init_qp);
  if (!format->deblocking_filter_control_present_flag) {
    // x264 turns the filter off where quantizers are so small that it would do nothing.
    return !header->alpha_offset_div2 && !header->beta_offset_div2 && header->disable_deblocking_filter_idc != 2;
  }
  put_unsigned(bits, header->disable_deblocking_filter_idc);
  if (header->disable_deblocking_filter_idc != 1) {
    put_signed(bits, header->alpha_offset_div2);
    put_signed(bits, header->beta_offset_div2);
  }
  return true;
}

// The rest of the slice, with its trailing bits. CABAC begins at a byte, after ones.
static void copy_data(BitWriter *to, BitReader *from, bool is_cabac) {
  if (is_cabac) {
    from->at = (from->at + 7) / 8 * 8;
    put_bits(to, to->free_bits, ~0u);
    if (from->at / 8 < from->size)
      bytes_append(&to->bytes, from->data + from->at / 8, from->size - from->at / 8);
    return;
  }
  size_t last = 8 * from->size;
  while (last > from->at && !(from->data[(last - 1) / 8] >> (7 - (last - 1) % 8) & 1))
    last--;
  while (from->at < last)
    put_bits(to, 1, get_bits(from, 1));
}

static bool rewrite_slice(ByteBuffer *stream, const ByteBuffer *payload, const SliceFormat *from, const SliceFormat *to,
                          const SliceValues *values) {
  BitReader reader = {.data = payload->data, .size = payload->size};
  BitWriter writer = {0};
  SliceHeader header = {0};
  bool is_possible = read_header(&header, &reader, from) && write_header(&writer, &header, to, values);
  if (is_possible) {
    copy_data(&writer, &reader, from->entropy_coding_mode_flag);
    append_unit(stream, &writer.bytes);
  }
  bytes_free(&writer.bytes);
  return is_possible;
}

bool slices_rewrite(ByteBuffer *stream, const uint8_t *picture, size_t size, const SliceFormat *from,
                    const SliceFormat *to, const SliceValues *values) {
  size_t at = 0, unit_size;
  const uint8_t *unit;
  bool is_possible = from->entropy_coding_mode_flag == to->entropy_coding_mode_flag;
  while (is_possible && next_unit(picture, size, &at, &unit, &unit_size)) {
    if ((unit[0] & 31) != UNIT_SLICE && (unit[0] & 31) != UNIT_IDR_SLICE)
      continue;
    ByteBuffer payload = {0};
    append_payload(&payload, unit, unit_size);
    is_possible = rewrite_slice(stream, &payload, from, to, values);
    bytes_free(&payload);
  }
  return is_possible && !stream->is_out_of_memory;
}
