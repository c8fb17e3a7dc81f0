// libcuda.so.1 with one device that computes nothing: contexts, memory, copies. All work is done when a call returns.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "device-memory.h"
#include "switches.h"

#define PITCH 512
#define MOST_CONTEXTS 16
#define DRIVER_VERSION 12080 // 12.8
#define COMPUTE_CAPABILITY_MAJOR 8
#define COMPUTE_CAPABILITY_MINOR 9

EXPORT tcuInit cuInit;
EXPORT CUresult cuDriverGetVersion(int *version);
EXPORT tcuDeviceGetCount cuDeviceGetCount;
EXPORT tcuDeviceGet cuDeviceGet;
EXPORT tcuDeviceGetAttribute cuDeviceGetAttribute;
EXPORT tcuDeviceGetName cuDeviceGetName;
EXPORT tcuDeviceGetUuid cuDeviceGetUuid;
EXPORT tcuDeviceComputeCapability cuDeviceComputeCapability;
EXPORT tcuCtxCreate_v2 cuCtxCreate_v2;
EXPORT tcuCtxSetLimit cuCtxSetLimit;
EXPORT tcuCtxPushCurrent_v2 cuCtxPushCurrent_v2;
EXPORT tcuCtxPopCurrent_v2 cuCtxPopCurrent_v2;
EXPORT tcuCtxDestroy_v2 cuCtxDestroy_v2;
EXPORT CUresult cuCtxGetCurrent(CUcontext *context);
EXPORT tcuCtxGetDevice cuCtxGetDevice;
EXPORT tcuDevicePrimaryCtxRetain cuDevicePrimaryCtxRetain;
EXPORT tcuDevicePrimaryCtxRelease cuDevicePrimaryCtxRelease;
EXPORT tcuDevicePrimaryCtxSetFlags cuDevicePrimaryCtxSetFlags;
EXPORT tcuDevicePrimaryCtxGetState cuDevicePrimaryCtxGetState;
EXPORT tcuDevicePrimaryCtxReset cuDevicePrimaryCtxReset;
EXPORT tcuMemAlloc_v2 cuMemAlloc_v2;
EXPORT tcuMemAllocPitch_v2 cuMemAllocPitch_v2;
EXPORT tcuMemsetD8Async cuMemsetD8Async;
EXPORT tcuMemFree_v2 cuMemFree_v2;
EXPORT tcuMemcpy2D_v2 cuMemcpy2D_v2;
EXPORT tcuMemcpy2DAsync_v2 cuMemcpy2DAsync_v2;
EXPORT tcuMemcpyHtoD_v2 cuMemcpyHtoD_v2;
EXPORT tcuMemcpyHtoDAsync_v2 cuMemcpyHtoDAsync_v2;
EXPORT tcuMemcpyDtoH_v2 cuMemcpyDtoH_v2;
EXPORT tcuMemcpyDtoHAsync_v2 cuMemcpyDtoHAsync_v2;
EXPORT tcuMemcpyDtoD_v2 cuMemcpyDtoD_v2;
EXPORT tcuMemcpyDtoDAsync_v2 cuMemcpyDtoDAsync_v2;
EXPORT tcuGetErrorName cuGetErrorName;
EXPORT tcuGetErrorString cuGetErrorString;
EXPORT tcuStreamCreate cuStreamCreate;
EXPORT tcuStreamQuery cuStreamQuery;
EXPORT tcuStreamSynchronize cuStreamSynchronize;
EXPORT tcuStreamDestroy_v2 cuStreamDestroy_v2;
EXPORT tcuStreamAddCallback cuStreamAddCallback;
EXPORT CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned flags);
EXPORT tcuEventCreate cuEventCreate;
EXPORT tcuEventDestroy_v2 cuEventDestroy_v2;
EXPORT tcuEventSynchronize cuEventSynchronize;
EXPORT tcuEventQuery cuEventQuery;
EXPORT tcuEventRecord cuEventRecord;

// --- devices -------------------------------------------------------------------------------------------------------

CUresult cuInit(unsigned flags) {
  (void)flags;
  return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int *version) {
  *version = DRIVER_VERSION;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int *count) {
  *count = 1;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  *device = 0;
  return ordinal ? (CUresult)CUDA_ERROR_INVALID_DEVICE : CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
  (void)device;
  bool is_alignment =
      attribute == CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT || attribute == CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT;
  *value = is_alignment ? PITCH : 0;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int size, CUdevice device) {
  (void)device;
  snprintf(name, (size_t)size, "everycodec: software stand-in for tests");
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device) {
  (void)device;
  memset(uuid, 0, sizeof(*uuid));
  return CUDA_SUCCESS;
}

CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
  (void)device;
  *major = COMPUTE_CAPABILITY_MAJOR;
  *minor = COMPUTE_CAPABILITY_MINOR;
  return CUDA_SUCCESS;
}

// --- contexts: a stack in each thread, without whose top no memory can be had -----------------------------------------

static _Thread_local CUcontext stack[MOST_CONTEXTS];
static _Thread_local int depth;
static char primary_context;

CUresult cuCtxPushCurrent_v2(CUcontext context) {
  if (!context || depth == MOST_CONTEXTS)
    return (CUresult)CUDA_ERROR_INVALID_CONTEXT;
  stack[depth++] = context;
  return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent_v2(CUcontext *context) {
  if (!depth)
    return (CUresult)CUDA_ERROR_INVALID_CONTEXT;
  depth--;
  if (context)
    *context = stack[depth];
  return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext *context) {
  *context = depth ? stack[depth - 1] : NULL;
  return CUDA_SUCCESS;
}

CUresult cuCtxCreate_v2(CUcontext *context, unsigned flags, CUdevice device) {
  (void)flags, (void)device;
  *context = malloc(1);
  return *context ? cuCtxPushCurrent_v2(*context) : (CUresult)CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuCtxDestroy_v2(CUcontext context) {
  if (depth && stack[depth - 1] == context)
    depth--;
  free(context);
  return CUDA_SUCCESS;
}

CUresult cuCtxSetLimit(CUlimit limit, size_t value) {
  (void)limit, (void)value;
  return CUDA_SUCCESS;
}

static CUresult check_context(void) { return depth ? CUDA_SUCCESS : (CUresult)CUDA_ERROR_INVALID_CONTEXT; }

CUresult cuCtxGetDevice(CUdevice *device) {
  *device = 0;
  return check_context();
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  (void)device;
  *context = (CUcontext)(void *)&primary_context;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
  (void)device;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxReset(CUdevice device) {
  (void)device;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned flags) {
  (void)device, (void)flags;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *is_active) {
  (void)device;
  *flags = 0;
  *is_active = 0;
  return CUDA_SUCCESS;
}

// --- memory --------------------------------------------------------------------------------------------------------

CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t size) {
  if (check_context())
    return check_context();
  void *memory = size ? aligned_alloc(PITCH, (size + PITCH - 1) / PITCH * PITCH) : NULL;
  if (!memory)
    return size ? (CUresult)CUDA_ERROR_OUT_OF_MEMORY : (CUresult)CUDA_ERROR_INVALID_VALUE;
  *address = device_address(memory);
  return CUDA_SUCCESS;
}

CUresult cuMemAllocPitch_v2(CUdeviceptr *address, size_t *pitch, size_t width, size_t height, unsigned element) {
  (void)element;
  *pitch = (width + PITCH - 1) / PITCH * PITCH;
  return cuMemAlloc_v2(address, *pitch * height);
}

CUresult cuMemFree_v2(CUdeviceptr address) {
  if (check_context())
    return check_context();
  free(device_memory(address));
  return CUDA_SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t size, CUstream stream) {
  (void)stream;
  memset(device_memory(to), value, size);
  return check_context();
}

static void log_copy(bool from_device, bool to_device, size_t width, size_t height) {
  if (from_device != to_device)
    switch_log("cuda %s %zux%zu", from_device ? "download" : "upload", width, height);
}

CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D *copy) {
  if (check_context())
    return check_context();
  bool from_device = copy->srcMemoryType == CU_MEMORYTYPE_DEVICE;
  bool to_device = copy->dstMemoryType == CU_MEMORYTYPE_DEVICE;
  if ((!from_device && copy->srcMemoryType != CU_MEMORYTYPE_HOST) ||
      (!to_device && copy->dstMemoryType != CU_MEMORYTYPE_HOST))
    return (CUresult)CUDA_ERROR_NOT_SUPPORTED;
  const uint8_t *from = from_device ? device_memory(copy->srcDevice) : copy->srcHost;
  uint8_t *to = to_device ? device_memory(copy->dstDevice) : copy->dstHost;
  from += copy->srcY * copy->srcPitch + copy->srcXInBytes;
  to += copy->dstY * copy->dstPitch + copy->dstXInBytes;
  for (size_t row = 0; row < copy->Height; row++)
    memcpy(to + row * copy->dstPitch, from + row * copy->srcPitch, copy->WidthInBytes);
  log_copy(from_device, to_device, copy->WidthInBytes, copy->Height);
  return CUDA_SUCCESS;
}

CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *copy, CUstream stream) {
  (void)stream;
  return cuMemcpy2D_v2(copy);
}

CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t size) {
  memcpy(device_memory(to), from, size);
  log_copy(false, true, size, 1);
  return check_context();
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t size, CUstream stream) {
  (void)stream;
  return cuMemcpyHtoD_v2(to, from, size);
}

CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t size) {
  memcpy(to, device_memory(from), size);
  log_copy(true, false, size, 1);
  return check_context();
}

CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t size, CUstream stream) {
  (void)stream;
  return cuMemcpyDtoH_v2(to, from, size);
}

CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t size) {
  memcpy(device_memory(to), device_memory(from), size);
  return check_context();
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t size, CUstream stream) {
  (void)stream;
  return cuMemcpyDtoD_v2(to, from, size);
}

// --- streams and events: nothing is ever pending ----------------------------------------------------------------------

CUresult cuStreamCreate(CUstream *stream, unsigned flags) {
  (void)flags;
  *stream = (CUstream)(void *)&primary_context;
  return CUDA_SUCCESS;
}

CUresult cuStreamQuery(CUstream stream) {
  (void)stream;
  return CUDA_SUCCESS;
}

CUresult cuStreamSynchronize(CUstream stream) {
  (void)stream;
  return CUDA_SUCCESS;
}

CUresult cuStreamDestroy_v2(CUstream stream) {
  (void)stream;
  return CUDA_SUCCESS;
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned flags) {
  (void)stream, (void)event, (void)flags;
  return CUDA_SUCCESS;
}

CUresult cuStreamAddCallback(CUstream stream, CUstreamCallback *callback, void *data, unsigned flags) {
  (void)flags;
  callback(stream, CUDA_SUCCESS, data);
  return CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent *event, unsigned flags) {
  (void)flags;
  *event = (CUevent)(void *)&primary_context;
  return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event) {
  (void)event;
  return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(CUevent event) {
  (void)event;
  return CUDA_SUCCESS;
}

CUresult cuEventQuery(CUevent event) {
  (void)event;
  return CUDA_SUCCESS;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
  (void)event, (void)stream;
  return CUDA_SUCCESS;
}

// --- errors --------------------------------------------------------------------------------------------------------

CUresult cuGetErrorName(CUresult error, const char **name) {
  *name = error ? "CUDA_ERROR" : "CUDA_SUCCESS";
  return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult error, const char **text) {
  *text = error ? "the software stand-in failed, or was told to" : "no error";
  return CUDA_SUCCESS;
}

// --- what a program looks for although it never calls it --------------------------------------------------------------

UNSUPPORTED(cuMemAllocManaged)
UNSUPPORTED(cuMemcpy)
UNSUPPORTED(cuMemcpyAsync)
UNSUPPORTED(cuLaunchKernel)
UNSUPPORTED(cuLinkCreate)
UNSUPPORTED(cuLinkAddData)
UNSUPPORTED(cuLinkComplete)
UNSUPPORTED(cuLinkDestroy)
UNSUPPORTED(cuModuleLoadData)
UNSUPPORTED(cuModuleUnload)
UNSUPPORTED(cuModuleGetFunction)
UNSUPPORTED(cuModuleGetGlobal)
UNSUPPORTED(cuTexObjectCreate)
UNSUPPORTED(cuTexObjectDestroy)
UNSUPPORTED(cuArrayCreate_v2)
UNSUPPORTED(cuArray3DCreate_v2)
UNSUPPORTED(cuArrayDestroy)
UNSUPPORTED(cuGLGetDevices_v2)
UNSUPPORTED(cuGraphicsGLRegisterImage)
UNSUPPORTED(cuGraphicsUnregisterResource)
UNSUPPORTED(cuGraphicsMapResources)
UNSUPPORTED(cuGraphicsUnmapResources)
UNSUPPORTED(cuGraphicsSubResourceGetMappedArray)
UNSUPPORTED(cuGraphicsResourceGetMappedPointer_v2)
