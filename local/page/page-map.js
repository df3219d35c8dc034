/* global document, requestAnimationFrame, window, ResizeObserver */
/* eslint @typescript-eslint/no-unused-vars: ["error", { "varsIgnorePattern": "^createMap$" }] */
'use strict';

/**
 * Draws the world and the footprints of Items, and tells which footprint is at a point. The land is SVG. The footprints
 * are drawn on a canvas, many in one call, because thousands of SVG elements make every move of the map slow.
 */
function createMap(items, { onChoose }) {
  const WORLD = [-180, -90, 360, 180];
  /** A footprint larger than half of the map is an outline: filled, it would hide the land and the other footprints. */
  const WIDE = (360 * 180) / 2;
  /** Smaller footprints are drawn as squares of this many pixels, one for all in the same place. */
  const LEAST_PIXELS = 5;
  /** Footprints smaller than this many pixels have no outline, which costs more than filling them. */
  const OUTLINE_PIXELS = 10;
  /** How far a click may be from a footprint, in pixels. */
  const REACH = 3;
  const [world, canvas] = ['world', 'footprints'].map((id) => document.getElementById(id));
  const context = canvas.getContext('2d');
  const style = window.getComputedStyle(document.documentElement);
  const [accent, chosenColor] = ['--accent', '--chosen'].map((name) =>
    style.getPropertyValue(name),
  );
  const shapes = items
    .map((item, index) => ({ item, index }))
    .filter(({ item }) => item.path)
    .map(({ item, index }) => ({
      index,
      area: item.area,
      path: new window.Path2D(item.path),
      bounds: item.bounds ?? item.box,
      isShown: true,
    }))
    .sort((a, b) => b.area - a.area);
  let view = [...WORLD];
  let chosen = -1;
  let pending = false;

  /** The view of the map is the viewBox of the SVG, in degrees. */
  function show([x, y, width, height]) {
    const w = Math.min(Math.max(width, 0.5), 360);
    const h = Math.min(Math.max(height, 0.25), 180);
    view = [clamp(x, -180, 180 - w), clamp(y, -90, 90 - h), w, h];
    redraw();
  }

  function redraw() {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      world.setAttribute('viewBox', view.join(' '));
      draw();
    });
  }

  function draw() {
    const ratio = window.devicePixelRatio;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, ...size);
    const { a: scale, e, f } = world.getScreenCTM();
    context.setTransform(scale * ratio, 0, 0, scale * ratio, (e - left) * ratio, (f - top) * ratio);
    const [west, north] = [(left - e) / scale, (top - f) / scale];
    const seen = [west, north, width / scale, height / scale];
    const drawn = shapes.filter((shape) => shape.isShown && overlap(shape.bounds, seen));
    const least = LEAST_PIXELS / scale;
    for (const group of groupsOf(drawn, scale)) drawGroup(group, scale);
    drawDots(drawn, least);
    const marked = shapes.find(({ index }) => index === chosen);
    if (marked?.isShown) drawMarked(marked, scale);
    canvas.dataset.outlines = drawn.filter(isWide).length;
    canvas.dataset.filled = drawn.filter((shape) => !isWide(shape)).length;
  }

  /**
   * Puts footprints of similar size together, the largest first. Those of one group are filled as one area, so that it
   * does not get darker where many of them overlap.
   */
  function groupsOf(drawn, scale) {
    const groups = new Map();
    for (const shape of drawn) {
      if (isSmall(shape, LEAST_PIXELS / scale)) continue;
      const isFilled = !isWide(shape);
      const isOutlined = !isSmall(shape, OUTLINE_PIXELS / scale);
      const key = isFilled ? `${Math.round(Math.log2(shape.area) / 3)} ${isOutlined}` : 'wide';
      const group = groups.get(key) ?? { isFilled, isOutlined, path: new window.Path2D() };
      group.path.addPath(shape.path);
      groups.set(key, group);
    }
    return groups.values();
  }

  function drawGroup({ isFilled, isOutlined, path }, scale) {
    context.fillStyle = context.strokeStyle = accent;
    context.globalAlpha = isOutlined ? 0.22 : 0.5;
    if (isFilled) context.fill(path);
    if (!isOutlined) return;
    context.globalAlpha = 1;
    context.lineWidth = 1.4 / scale;
    context.stroke(path);
  }

  function drawDots(drawn, least) {
    const taken = new Set();
    context.fillStyle = accent;
    context.globalAlpha = 0.6;
    for (const shape of drawn) {
      if (!isSmall(shape, least)) continue;
      const [x, y, width, height] = shape.bounds;
      const [column, row] = [x + width / 2, y + height / 2].map((at) => Math.floor(at / least));
      const key = column * 1e6 + row;
      if (taken.has(key)) continue;
      taken.add(key);
      context.fillRect(column * least, row * least, least, least);
    }
  }

  function drawMarked(shape, scale) {
    const least = LEAST_PIXELS / scale;
    const [x, y, width, height] = shape.bounds;
    context.fillStyle = context.strokeStyle = chosenColor;
    context.lineWidth = 2.4 / scale;
    context.globalAlpha = 0.35;
    if (!isWide(shape)) context.fill(shape.path);
    context.globalAlpha = 1;
    if (isSmall(shape, least))
      context.fillRect(x + (width - least) / 2, y + (height - least) / 2, least, least);
    else context.stroke(shape.path);
  }

  function isWide({ area }) {
    return area > WIDE;
  }

  function isSmall({ bounds: [, , width, height] }, least) {
    return width < least && height < least;
  }

  function overlap([x, y, width, height], [west, north, w, h]) {
    return x <= west + w && x + width >= west && y <= north + h && y + height >= north;
  }

  /** Returns the index of the smallest footprint at a point. A wide one is at its outline only. */
  function find([x, y]) {
    const scale = world.getScreenCTM().a;
    const reach = REACH / scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.lineWidth = 2 * reach;
    const near = [x - reach, y - reach, 2 * reach, 2 * reach];
    const found = shapes.findLast(
      (shape) =>
        shape.isShown &&
        overlap(shape.bounds, near) &&
        (isSmall(shape, LEAST_PIXELS / scale) ||
          context.isPointInStroke(shape.path, x, y) ||
          (!isWide(shape) && context.isPointInPath(shape.path, x, y))),
    );
    return found?.index;
  }

  function clamp(value, low, high) {
    return Math.min(Math.max(value, low), high);
  }

  function around([west, north, width, height]) {
    const w = Math.max(width * 5, height * 10, 20);
    const middle = [west + width / 2, north + height / 2];
    return [middle[0] - w / 2, middle[1] - w / 4, w, w / 2];
  }

  function zoom(factor, [x, y] = [view[0] + view[2] / 2, view[1] + view[3] / 2]) {
    const width = clamp(view[2] * factor, 0.5, 360);
    const real = width / view[2];
    show([x - (x - view[0]) * real, y - (y - view[1]) * real, width, view[3] * real]);
  }

  function move(dx, dy) {
    show([view[0] + dx * view[2], view[1] + dy * view[3], view[2], view[3]]);
  }

  function toDegrees(event) {
    const point = new window.DOMPoint(event.clientX, event.clientY);
    const { x, y } = point.matrixTransform(world.getScreenCTM().inverse());
    return [x, y];
  }

  const KEYS = {
    ArrowLeft: () => move(-0.2, 0),
    ArrowRight: () => move(0.2, 0),
    ArrowUp: () => move(0, -0.2),
    ArrowDown: () => move(0, 0.2),
    '+': () => zoom(0.6),
    '=': () => zoom(0.6),
    '-': () => zoom(1 / 0.6),
    0: () => show(WORLD),
  };

  function listen() {
    world.addEventListener('keydown', (event) => {
      if (!KEYS[event.key]) return;
      event.preventDefault();
      KEYS[event.key]();
    });
    world.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        zoom(Math.exp(event.deltaY * 0.0015), toDegrees(event));
      },
      { passive: false },
    );
    listenToPointer();
    document.getElementById('zoom-in').addEventListener('click', () => zoom(0.6));
    document.getElementById('zoom-out').addEventListener('click', () => zoom(1 / 0.6));
    document.getElementById('zoom-reset').addEventListener('click', () => show(WORLD));
    new ResizeObserver(redraw).observe(canvas);
  }

  function listenToPointer() {
    let grip;
    let dragged = false;
    world.addEventListener('pointerdown', (event) => {
      grip = [event.clientX, event.clientY];
      dragged = false;
    });
    world.addEventListener('pointermove', (event) => {
      if (!grip) {
        hover(find(toDegrees(event)));
        return;
      }
      const [dx, dy] = [event.clientX - grip[0], event.clientY - grip[1]];
      if (!dragged && Math.hypot(dx, dy) < 4) return;
      dragged = true;
      world.classList.add('moving');
      world.setPointerCapture(event.pointerId);
      const scale = world.getScreenCTM().a;
      show([view[0] - dx / scale, view[1] - dy / scale, view[2], view[3]]);
      grip = [event.clientX, event.clientY];
    });
    for (const name of ['pointerup', 'pointercancel']) {
      world.addEventListener(name, () => {
        grip = undefined;
        world.classList.remove('moving');
      });
    }
    world.addEventListener('click', (event) => {
      const index = dragged ? undefined : find(toDegrees(event));
      if (index !== undefined) onChoose(index);
    });
  }

  function hover(index) {
    world.classList.toggle('over', index !== undefined);
    document.getElementById('hint').textContent = items[index]?.id ?? '';
  }

  listen();
  redraw();
  return {
    /** Marks an Item, and shows its surroundings. */
    choose(index, isZoomed) {
      chosen = index;
      if (isZoomed && items[index].box) show(around(items[index].box));
      else redraw();
    },
    /** Draws only the Items for which `fits` is true. */
    filter(fits) {
      for (const shape of shapes) shape.isShown = fits[shape.index];
      redraw();
    },
  };
}
