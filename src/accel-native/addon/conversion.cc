#include "conversion.h"

#include "frames.h"
#include "properties.h"

#ifdef HAVE_SIMDE
#include "rgb.h"
#endif

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace everycodec {

#ifdef HAVE_SIMDE

namespace {

class Conversion : public Napi::AsyncWorker {
 public:
  Conversion(Napi::Env env, const Napi::Object &parameters, const AVFrame *frame);

  Napi::Promise Promise() { return deferred_.Promise(); }

  void Execute() override {
    if (IsHardwareFrame(frame_.get())) frame_ = DownloadFrame(frame_.get());
    FindPlanes();
    convert_to_rgb(&conversion_);
  }

  void OnOK() override { deferred_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error &error) override { deferred_.Reject(error.Value()); }

 private:
  void FindTarget(const Napi::Object &parameters);
  void FindPlanes();

  Napi::Promise::Deferred deferred_;
  FramePointer frame_;
  // Keeps the target's memory.
  Napi::ObjectReference target_;
  RgbConversion conversion_ = {};
  int x_, y_;
};

Conversion::Conversion(Napi::Env env, const Napi::Object &parameters, const AVFrame *frame)
    : Napi::AsyncWorker(env),
      deferred_(env),
      frame_(CloneFrame(frame)),
      x_(IntegerOf(parameters, "x")),
      y_(IntegerOf(parameters, "y")) {
  conversion_.layout = IntegerOf(parameters, "layout");
  conversion_.depth = IntegerOf(parameters, "depth");
  conversion_.vertical = IntegerOf(parameters, "vertical");
  conversion_.width = IntegerOf(parameters, "width");
  conversion_.height = IntegerOf(parameters, "height");
  conversion_.blue_first = IntegerOf(parameters, "blueFirst");
  Napi::Array matrix = parameters.Get("matrix").As<Napi::Array>();
  for (uint32_t i = 0; i < 8; i++) conversion_.matrix[i] = matrix.Get(i).As<Napi::Number>().Int32Value();
  bool is_inside = x_ >= 0 && y_ >= 0 && conversion_.width > 0 && conversion_.height > 0 &&
                   conversion_.width <= frame_->width - x_ && conversion_.height <= frame_->height - y_;
  if (!is_inside) throw Napi::RangeError::New(env, "the part is not in the picture");
  FindTarget(parameters);
}

void Conversion::FindTarget(const Napi::Object &parameters) {
  Napi::Object target = parameters.Get("target").As<Napi::Object>();
  Bytes bytes = BytesOf(target);
  double offset = NumberOf(parameters, "offset");
  conversion_.target_stride = IntegerOf(parameters, "stride");
  double row_bytes = 4.0 * conversion_.width;
  double end = offset + static_cast<double>(conversion_.target_stride) * (conversion_.height - 1) + row_bytes;
  bool is_inside =
      offset >= 0 && conversion_.target_stride >= row_bytes && end <= static_cast<double>(bytes.size);
  if (!is_inside) throw Napi::RangeError::New(Env(), "the target is too small");
  conversion_.target = const_cast<uint8_t *>(bytes.data) + static_cast<size_t>(offset);
  target_ = Napi::Persistent(target);
}

// Pictures of this engine end with bytes that may be read.
void Conversion::FindPlanes() {
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame_->format));
  for (int i = 0; i < 4 && frame_->data[i]; i++) {
    bool is_chroma = i == 1 || i == 2;
    int x = is_chroma ? x_ >> format->log2_chroma_w : x_;
    int y = is_chroma ? y_ >> format->log2_chroma_h : y_;
    bool is_pair = i == 1 && !frame_->data[2];
    int bytes = conversion_.depth > 8 || is_pair ? 2 : 1;
    conversion_.stride[i] = frame_->linesize[i];
    conversion_.plane[i] = frame_->data[i] + static_cast<ptrdiff_t>(y) * frame_->linesize[i] + x * bytes;
  }
  if (!conversion_.plane[2]) conversion_.plane[2] = conversion_.plane[1];
}

Napi::Value Convert(const Napi::CallbackInfo &info) {
  Napi::Object parameters = info[0].As<Napi::Object>();
  const AVFrame *frame = Frames::Of(info.Env()).Get(IntegerOf(parameters, "slot"));
  if (!frame) throw Napi::Error::New(info.Env(), "the picture has been released");
  auto *conversion = new Conversion(info.Env(), parameters, frame);
  conversion->Queue();
  return conversion->Promise();
}

}  // namespace

void DefineConversion(Napi::Env env, Napi::Object exports) {
  if (rgb_conversion_works()) exports["convert"] = Napi::Function::New(env, Convert, "convert");
}

#else

void DefineConversion(Napi::Env, Napi::Object) {}

#endif

}  // namespace everycodec
