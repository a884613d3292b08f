// The browser's camera, in a frame: its picture, what is wrong with it, and photos taken from it.
import { h, replace, svg } from '../dom';
import { t, type TextKey } from '../text';
import { select_field } from './field';
import { icon } from './icon';
import { notice } from './notice';

const kLongestSidePx = 1280;
const kJpegQuality = 0.92;

const kFaults: Record<string, TextKey> = {
  NotAllowedError: 'camera.not_allowed',
  SecurityError: 'camera.not_allowed',
  NotFoundError: 'camera.not_found',
  OverconstrainedError: 'camera.not_found',
  NotReadableError: 'camera.not_readable',
  AbortError: 'camera.not_readable',
};

function fault_words(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  return t(kFaults[name] ?? 'camera.other');
}

function to_jpeg(source: CanvasImageSource, width: number, height: number, longest: number): Promise<Blob> {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = h('canvas', { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) =>
    (blob ? resolve(blob) : reject(new Error('the browser made no JPEG'))), 'image/jpeg', kJpegQuality));
}

const kOval = 'M50 12c15 0 25 12 25 30 0 24-12 42-25 42S25 66 25 42c0-18 10-30 25-30z';

export class Camera {
  private readonly video = h('video', { muted: true, playsinline: true, autoplay: true, class: 'mirrored' });
  private readonly message = h('div', { class: 'stage-message' });
  private readonly guide = svg('svg', { class: 'guide', viewBox: '0 0 100 100', 'aria-hidden': 'true' },
    svg('path', { d: kOval }));
  private readonly choose = h('div', { class: 'choose-camera' });
  readonly stage = h('div', { class: 'stage' }, this.video, this.guide, this.message);
  readonly element = h('div', null, this.stage, this.choose);
  private stream: MediaStream | null = null;
  private generation = 0;

  // It is off after `signal`.
  constructor(private readonly signal: AbortSignal) {
    this.video.muted = true; // the attribute alone does not count when set by a script
    this.video.setAttribute('aria-label', t('camera.picture'));
    signal.addEventListener('abort', () => this.stop());
  }

  get ready(): boolean { return this.stream !== null && this.video.videoWidth > 0; }

  // Colours the guide: is what the camera sees good?
  mark(good: boolean | null): void {
    this.stage.classList.toggle('good', good === true);
    this.stage.classList.toggle('flawed', good === false);
  }

  async start(device: string | null = null): Promise<boolean> {
    this.stop();
    const mine = this.generation;
    if (!navigator.mediaDevices) return this.fail(t('camera.insecure'));
    replace(this.message, h('p', null, t('camera.starting')));
    try {
      const wanted = { width: { ideal: 1280 }, height: { ideal: 720 } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false,
        video: device ? { ...wanted, deviceId: { exact: device } } : { ...wanted, facingMode: 'user' } });
      if (this.signal.aborted || mine !== this.generation) {
        stream.getTracks().forEach((track) => track.stop());
        return false;
      }
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      return mine === this.generation && !this.signal.aborted ? this.fail(fault_words(error)) : false;
    }
    replace(this.message);
    this.stage.classList.add('running');
    const track = this.stream.getVideoTracks()[0];
    track?.addEventListener('ended', () => this.fail(t('camera.ended')));
    // A camera that looks away from the one who holds it shows the world, not a mirror.
    this.video.classList.toggle('mirrored', track?.getSettings().facingMode !== 'environment');
    await this.offer_others(track?.getSettings().deviceId ?? '');
    return true;
  }

  stop(): void {
    this.generation += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.stage.classList.remove('running');
    this.mark(null);
  }

  // The picture of this moment as JPEG.
  capture(longest = kLongestSidePx): Promise<Blob> {
    return to_jpeg(this.video, this.video.videoWidth, this.video.videoHeight, longest);
  }

  private fail(text: string): false {
    this.stop();
    replace(this.message, notice('warning', h('p', null, text),
      h('button', { type: 'button', class: 'button', onclick: () => void this.start() },
        icon('camera'), t('camera.again'))));
    return false;
  }

  private async offer_others(current: string): Promise<void> {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === 'videoinput');
    if (cameras.length < 2) return replace(this.choose);
    const field = select_field(t('camera.which'), cameras.map((camera, i) =>
      [camera.deviceId, camera.label || t('camera.numbered', { number: i + 1 })]), current);
    field.control.addEventListener('change', () => void this.start(field.control.value));
    replace(this.choose, field.element);
  }
}

// A photo from a file, as JPEG of a size that the service takes; what the browser cannot read is
// handed on as it is, for the service to judge.
export async function photo_of_file(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const jpeg = await to_jpeg(picture, picture.width, picture.height, 2048);
    picture.close();
    return jpeg;
  } catch {
    return file;
  }
}

export async function base64_of(photo: Blob): Promise<string> {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
