// Reading plain JavaScript objects.
#ifndef EVERYCODEC_PROPERTIES_H
#define EVERYCODEC_PROPERTIES_H

#include <napi.h>

#include <string>
#include <vector>

namespace everycodec {

// 0 where it is missing or no number.
inline double NumberOf(const Napi::Object &object, const char *name) {
  Napi::Value value = object.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
}

inline int IntegerOf(const Napi::Object &object, const char *name) {
  Napi::Value value = object.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Int32Value() : 0;
}

inline std::string StringOf(const Napi::Object &object, const char *name) {
  Napi::Value value = object.Get(name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

struct Bytes {
  const uint8_t *data = nullptr;
  size_t size = 0;
};

inline Bytes BytesOf(const Napi::Value &value) {
  if (!value.IsTypedArray()) return {};
  // Of memory that is shared, too, of which Napi::Uint8Array would not give the address.
  napi_typedarray_type type;
  size_t length = 0;
  void *data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr) != napi_ok) return {};
  if (type != napi_uint8_array) return {};
  return {static_cast<const uint8_t *>(data), length};
}

inline Bytes BytesOf(const Napi::Object &object, const char *name) { return BytesOf(object.Get(name)); }

inline std::vector<uint8_t> CopyOf(Bytes bytes) {
  return bytes.size > 0 ? std::vector<uint8_t>(bytes.data, bytes.data + bytes.size) : std::vector<uint8_t>();
}

}  // namespace everycodec

#endif
