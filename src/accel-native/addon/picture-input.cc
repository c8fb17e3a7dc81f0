#include "picture-input.h"

#include "decoded-frame.h"
#include "properties.h"

namespace everycodec {

namespace {

constexpr int kPlanes = 4;

void ReadNumbers(SourcePicture &source, const Napi::Object &input) {
  source.timestamp = NumberOf(input, "timestamp");
  source.duration = NumberOf(input, "duration");
  source.format = IntegerOf(input, "format");
  source.width = IntegerOf(input, "width");
  source.height = IntegerOf(input, "height");
  source.primaries = IntegerOf(input, "primaries");
  source.transfer = IntegerOf(input, "transfer");
  source.matrix = IntegerOf(input, "matrix");
  source.full_range = IntegerOf(input, "fullRange");
  source.key_frame = IntegerOf(input, "keyFrame");
  source.quantizer = IntegerOf(input, "quantizer");
}

bool IsHalfWide(int format, int plane) {
  return format < PIXEL_FORMAT_I444 && (plane == 1 || plane == 2);
}

bool IsHalfHigh(int format, int plane) {
  return (format < PIXEL_FORMAT_I422 || format == PIXEL_FORMAT_NV12) && (plane == 1 || plane == 2);
}

int RowBytes(const SourcePicture &source, int plane) {
  int samples = IsHalfWide(source.format, plane) ? (source.width + 1) / 2 : source.width;
  if (source.format >= PIXEL_FORMAT_RGBA) return 4 * source.width;
  if (source.format == PIXEL_FORMAT_NV12) return plane ? (source.width + 1) / 2 * 2 : source.width;
  return source.format % 3 ? 2 * samples : samples;
}

int RowCount(const SourcePicture &source, int plane) {
  return IsHalfHigh(source.format, plane) ? (source.height + 1) / 2 : source.height;
}

bool IsInside(const SourcePicture &source, int plane, double offset, Bytes bytes) {
  double row_bytes = RowBytes(source, plane);
  double end = offset + static_cast<double>(source.stride[plane]) * (RowCount(source, plane) - 1) + row_bytes;
  return source.stride[plane] >= row_bytes && offset >= 0 && end <= static_cast<double>(bytes.size);
}

// Each plane has an offset into the bytes, and a stride.
void ReadPlanes(SourcePicture &source, const Napi::Object &input, Bytes bytes) {
  Napi::Array planes = input.Get("planes").As<Napi::Array>();
  for (uint32_t i = 0; i < kPlanes && i < planes.Length(); i++) {
    Napi::Object plane = planes.Get(i).As<Napi::Object>();
    double offset = NumberOf(plane, "offset");
    source.stride[i] = IntegerOf(plane, "stride");
    if (!IsInside(source, static_cast<int>(i), offset, bytes))
      throw CodecFailure(CodecFailure::Reason::kCoding, "encoding: a plane ends beyond its memory");
    source.plane[i] = bytes.data + static_cast<size_t>(offset);
  }
}

}  // namespace

void PictureInput::Load() {
  if (!frame || !IsHardwareFrame(frame.get())) return;
  frame = DownloadFrame(frame.get());
  FindPlanes();
}

void PictureInput::FindPlanes() {
  if (x < 0 || y < 0 || x + source.width > frame->width || y + source.height > frame->height)
    throw CodecFailure(CodecFailure::Reason::kCoding, "encoding: the part that is meant is not in the picture");
  for (int plane = 0; plane < kPlanes && frame->data[plane]; plane++) {
    bool is_half_wide = IsHalfWide(source.format, plane) || (source.format == PIXEL_FORMAT_NV12 && plane == 1);
    int sample_bytes = source.format == PIXEL_FORMAT_NV12 ? plane + 1 : source.format % 3 ? 2 : 1;
    ptrdiff_t row = IsHalfHigh(source.format, plane) ? y / 2 : y;
    source.stride[plane] = frame->linesize[plane];
    source.plane[plane] = frame->data[plane] + row * frame->linesize[plane] + (is_half_wide ? x / 2 : x) * sample_bytes;
  }
}

std::unique_ptr<Input> ReadPicture(const Napi::Object &input) {
  auto picture = std::make_unique<PictureInput>();
  ReadNumbers(picture->source, input);
  if (input.Get("slot").IsNumber()) {
    const AVFrame *frame = Frames::Of(input.Env()).Get(IntegerOf(input, "slot"));
    if (!frame) throw CodecFailure(CodecFailure::Reason::kCoding, "encoding: the picture has been released");
    picture->frame = CloneFrame(frame);
    picture->x = IntegerOf(input, "x");
    picture->y = IntegerOf(input, "y");
    if (!IsHardwareFrame(frame)) picture->FindPlanes();
  } else if (picture->source.width > 0 && picture->source.height > 0 && input.Get("planes").IsArray())
    ReadPlanes(picture->source, input, BytesOf(input, "data"));
  return picture;
}

}  // namespace everycodec
