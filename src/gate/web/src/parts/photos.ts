// Three good photos of one face: taken from the camera by themselves, by a button, or from files.
import { ApiError, call, is_abort, words_of } from '../api';
import type { FaceCheck } from '../api_types';
import { h, pause, replace } from '../dom';
import { t, word } from '../text';
import { say } from './announce';
import { Camera, photo_of_file } from './camera';
import { button, tick } from './field';
import { icon } from './icon';
import { meter, quality_words } from './small';

export interface Photo { blob: Blob; url: string; check: FaceCheck | null; fault: string | null }

const kWanted = 3;
const kMost = 8; // that the service takes at once
const kBetweenChecksMs = 500;
const kBetweenPhotosMs = 1200; // so that the three are not one and the same
const kCheckSidePx = 640;
const kGoodInARow = 2;

// What the check says, in words; the first word of advice counts most.
const advice_words = (check: FaceCheck): string =>
  check.advice.map((one) => word('advice', one)).join(' · ') || t(check.good ? 'advice.good' : 'advice.not_good');

// Worth taking by itself; what is usable, but could be better, is left to the button.
const is_good = (check: FaceCheck): boolean => check.good && check.advice.length === 0;

// A photo that the service finds no face in is told apart from a service that does not answer.
function fault_of(error: unknown): string {
  if (error instanceof ApiError && error.status === 422) return word('advice', error.code);
  return words_of(error).text;
}

const check_face = async (photo: Blob, signal: AbortSignal, background: boolean): Promise<FaceCheck> =>
  await (await call('POST', '/faces/check', { photo, signal, background })).json() as FaceCheck;

export class PhotoBox {
  private readonly camera: Camera;
  private readonly advice = h('p', { class: 'advice-line', role: 'status' });
  private readonly list = h('ol', { class: 'photos' });
  private readonly count = h('p', { class: 'muted' });
  private readonly take = button([icon('camera'), t('photos.take')], () => void this.take_now(), 'primary',
    { 'data-test': 'take' });
  private automatic = true;
  private watching = false;
  readonly element: HTMLElement;

  // `photos` is the caller's: it outlives the box, so that a change of language loses none.
  constructor(readonly photos: Photo[], private readonly signal: AbortSignal, private readonly on_change: () => void) {
    this.camera = new Camera(signal);
    const file = h('input', { type: 'file', accept: 'image/*', multiple: true, class: 'hidden', tabindex: '-1',
      'aria-label': t('photos.choose'), 'data-test': 'files', onchange: () => void this.take_files(file) });
    this.element = h('div', { class: 'photo-box' }, this.camera.element, this.advice,
      h('div', { class: 'actions' }, this.take, button(t('photos.choose'), () => file.click()), file),
      tick(t('photos.automatic'), true, (on) => { this.automatic = on; }),
      h('h3', null, t('photos.title')), this.count, this.list);
    this.draw();
    this.take.disabled = true;
  }

  get good_enough(): boolean { return this.photos.some((photo) => photo.fault === null); }

  async open(): Promise<void> {
    this.take.disabled = !await this.camera.start();
    void this.watch();
  }

  clear(): void {
    this.photos.splice(0).forEach((photo) => URL.revokeObjectURL(photo.url));
    this.draw();
  }

  // Looks at the face twice a second for as long as the box is there.
  private async watch(): Promise<void> {
    if (this.watching) return;
    this.watching = true;
    let good_in_a_row = 0;
    let last_photo = 0;
    while (await pause(kBetweenChecksMs, this.signal)) {
      this.take.disabled = !this.camera.ready;
      if (!this.camera.ready || document.hidden || this.photos.length >= kMost) continue;
      const good = await this.look();
      good_in_a_row = good ? good_in_a_row + 1 : 0;
      const wanted = this.automatic && this.photos.length < kWanted;
      if (wanted && good_in_a_row >= kGoodInARow && performance.now() - last_photo > kBetweenPhotosMs) {
        last_photo = performance.now();
        await this.add(await this.camera.capture());
      }
    }
  }

  private async look(): Promise<boolean> {
    try {
      const check = await check_face(await this.camera.capture(kCheckSidePx), this.signal, true);
      this.camera.mark(is_good(check));
      this.advise(advice_words(check));
      return is_good(check);
    } catch (error) {
      if (is_abort(error)) return false;
      this.camera.mark(false);
      // Busy: the next look is soon enough.
      if (!(error instanceof ApiError && error.status === 429)) this.advise(fault_of(error));
      return false;
    }
  }

  private advise(text: string): void {
    if (this.advice.textContent !== text) this.advice.textContent = text;
  }

  private async take_now(): Promise<void> {
    if (this.camera.ready) await this.add(await this.camera.capture());
  }

  private async take_files(input: HTMLInputElement): Promise<void> {
    const files = [...input.files ?? []];
    input.value = '';
    for (const file of files.slice(0, kMost - this.photos.length)) await this.add(await photo_of_file(file));
  }

  private async add(blob: Blob): Promise<void> {
    if (this.photos.length >= kMost) return;
    const photo: Photo = { blob, url: URL.createObjectURL(blob), check: null, fault: null };
    this.photos.push(photo);
    this.draw();
    try {
      photo.check = await check_face(blob, this.signal, false);
    } catch (error) {
      if (is_abort(error)) return;
      photo.fault = fault_of(error);
    }
    const usable = this.photos.filter((one) => one.fault === null).length;
    say(photo.fault ?? t('photos.taken', { number: usable, wanted: kWanted }));
    this.draw();
  }

  private remove(photo: Photo): void {
    URL.revokeObjectURL(photo.url);
    this.photos.splice(this.photos.indexOf(photo), 1);
    this.draw();
    this.take.focus();
  }

  private draw(): void {
    const usable = this.photos.filter((photo) => photo.fault === null).length;
    this.count.textContent = t('photos.count', { number: usable, wanted: kWanted });
    replace(this.list, this.photos.map((photo, i) => this.item(photo, i + 1)));
    this.on_change();
  }

  private item(photo: Photo, number: number): HTMLElement {
    const state = photo.fault ? h('span', { class: 'fault' }, photo.fault)
      : photo.check ? [meter(photo.check.quality_score, t('decision.quality')),
        !is_good(photo.check) && h('span', { class: 'warning' }, advice_words(photo.check)),
        h('span', { class: 'detail' }, quality_words(photo.check.quality))]
        : h('span', { class: 'muted' }, t('photos.checking'));
    return h('li', { class: photo.fault ? 'flawed' : '' },
      h('img', { src: photo.url, alt: t('photos.alt', { number }) }),
      h('div', null, state),
      h('button', { type: 'button', class: 'button icon-only', onclick: () => this.remove(photo),
        'aria-label': t('photos.remove', { number }) }, icon('close')));
  }
}
