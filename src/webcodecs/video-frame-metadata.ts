import { type DOMRectInit, domRectInit } from './dom-rect-init.ts';
import * as webidl from './webidl.ts';

/** https://w3c.github.io/mediacapture-extensions/#dictdef-segment */
export interface VideoFrameSegment {
  type: 'human-face' | 'left-eye' | 'right-eye' | 'eye' | 'mouth';
  id: number;
  partOf?: number | undefined;
  probability: number;
  centerPoint?: { x: number; y: number } | undefined;
  boundingBox?: DOMRectInit | undefined;
}

/** https://w3c.github.io/webcodecs/video_frame_metadata_registry.html */
export interface VideoFrameMetadata {
  segments?: VideoFrameSegment[] | null | undefined;
  /** ms. */
  captureTime?: number | undefined;
  /** ms. */
  receiveTime?: number | undefined;
  rtpTimestamp?: number | undefined;
  backgroundBlur?: { enabled: boolean } | undefined;
  backgroundSegmentationMask?: ImageBitmap | undefined;
}

const segment = webidl.dictionary<VideoFrameSegment>('Segment', [
  { key: 'boundingBox', converter: domRectInit },
  {
    key: 'centerPoint',
    converter: webidl.dictionary('Point2D', [
      { key: 'x', converter: webidl.double, default: () => 0 },
      { key: 'y', converter: webidl.double, default: () => 0 },
    ]),
  },
  { key: 'id', converter: webidl.long, required: true },
  { key: 'partOf', converter: webidl.long },
  { key: 'probability', converter: webidl.float, required: true },
  {
    key: 'type',
    converter: webidl.enumeration('SegmentType', ['human-face', 'left-eye', 'right-eye', 'eye', 'mouth']),
    required: true,
  },
]);

const imageBitmap = webidl.interfaceType(
  'ImageBitmap',
  (value): value is ImageBitmap => typeof ImageBitmap !== 'undefined' && value instanceof ImageBitmap,
);

/** @internal Keeps the members of the registry and drops all others. */
export const videoFrameMetadata = webidl.dictionary<VideoFrameMetadata>('VideoFrameMetadata', [
  {
    key: 'backgroundBlur',
    converter: webidl.dictionary('BackgroundBlur', [{ key: 'enabled', converter: webidl.boolean, required: true }]),
  },
  { key: 'backgroundSegmentationMask', converter: imageBitmap },
  { key: 'captureTime', converter: webidl.double },
  { key: 'receiveTime', converter: webidl.double },
  { key: 'rtpTimestamp', converter: webidl.unsignedLong },
  { key: 'segments', converter: webidl.nullable(webidl.sequence(segment)) },
]);
