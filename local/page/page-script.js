/* global document, location, requestAnimationFrame, history, window */
'use strict';

// This script runs in the page. Items are untrusted, so their text is set as textContent, never as HTML.
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const WORLD = [-180, -90, 360, 180];
  const items = JSON.parse(document.getElementById('data').textContent);
  const [world, list, details, search, count] = ['world', 'list', 'details', 'search', 'count'].map(
    (id) => document.getElementById(id),
  );
  const footprints = document.getElementById('footprints');
  const rows = [];
  const shapes = [];
  let chosen = -1;
  let view = [...WORLD];

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function addItem(item, index) {
    const row = element('li');
    const button = element('button', undefined, { type: 'button', 'aria-pressed': 'false' });
    button.append(element('span', item.id, { class: 'id' }));
    const noFootprint = item.path ? '' : ' (no footprint)';
    button.append(element('span', item.datetime + noFootprint, { class: 'when' }));
    row.append(button);
    row.dataset.index = index;
    rows.push(row);

    if (!item.path) return;
    const shape = document.createElementNS(SVG, 'path');
    shape.setAttribute('d', item.path);
    shape.setAttribute('class', 'footprint');
    shape.dataset.index = index;
    const title = document.createElementNS(SVG, 'title');
    title.textContent = item.id;
    shape.append(title);
    shapes[index] = shape;
  }

  function choose(index, { zoom = false } = {}) {
    const item = items[index];
    if (!item) return;
    shapes[chosen]?.classList.remove('chosen');
    rows[chosen]?.firstChild.setAttribute('aria-pressed', 'false');
    chosen = index;
    rows[index].firstChild.setAttribute('aria-pressed', 'true');
    rows[index].scrollIntoView({ block: 'nearest' });
    if (shapes[index]) {
      shapes[index].classList.add('chosen');
      footprints.append(shapes[index]);
      if (zoom) show(around(item.box));
    }
    showDetails(item);
    history.replaceState(null, '', '#' + encodeURIComponent(item.id));
  }

  function showDetails(item) {
    details.replaceChildren(element('h2', item.id));
    details.append(
      table(Object.entries(item.properties).map(([key, value]) => [key, asText(value)])),
    );
    details.append(element('h3', 'Assets'));
    details.append(table(item.assets.map(({ key, href }) => [key, item.base + href])));
    details.scrollTop = 0;
  }

  function table(pairs) {
    const made = element('table');
    for (const [key, value] of pairs) {
      const row = made.insertRow();
      row.append(element('th', key, { scope: 'row' }));
      const cell = row.insertCell();
      if (/^https?:\/\//.test(value))
        cell.append(element('a', value, { href: value, rel: 'noreferrer' }));
      else cell.textContent = value;
    }
    return made;
  }

  function asText(value) {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  // The view of the map is the viewBox of the SVG, in degrees.
  function show([x, y, width, height]) {
    const w = Math.min(Math.max(width, 0.5), 360);
    const h = Math.min(Math.max(height, 0.25), 180);
    view = [clamp(x, -180, 180 - w), clamp(y, -90, 90 - h), w, h];
    requestAnimationFrame(() => world.setAttribute('viewBox', view.join(' ')));
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
    let grip;
    let dragged = false;
    world.addEventListener('pointerdown', (event) => {
      grip = [event.clientX, event.clientY];
      dragged = false;
    });
    world.addEventListener('pointermove', (event) => {
      if (!grip) return;
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
    footprints.addEventListener('click', (event) => {
      const shape = event.target.closest('.footprint');
      if (shape && !dragged) choose(Number(shape.dataset.index));
    });
    document.getElementById('zoom-in').addEventListener('click', () => zoom(0.6));
    document.getElementById('zoom-out').addEventListener('click', () => zoom(1 / 0.6));
    document.getElementById('zoom-reset').addEventListener('click', () => show(WORLD));
    list.addEventListener('click', (event) => {
      const row = event.target.closest('li');
      if (row) choose(Number(row.dataset.index), { zoom: true });
    });
    list.addEventListener('keydown', moveInList);
    search.addEventListener('input', filter);
  }

  function moveInList(event) {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    if (!step) return;
    event.preventDefault();
    let row = event.target.closest('li')[step];
    while (row?.hidden) row = row[step];
    row?.firstChild.focus();
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const [index, item] of items.entries()) {
      const fits = (item.id + ' ' + item.datetime).toLowerCase().includes(wanted);
      rows[index].hidden = !fits;
      shapes[index]?.classList.toggle('other', !fits);
      if (fits) shown++;
    }
    count.textContent = `${shown} of ${items.length} Items`;
  }

  items.forEach(addItem);
  list.append(...rows);
  footprints.append(...shapes.filter(Boolean));
  listen();
  filter();
  const linked = items.findIndex((item) => '#' + encodeURIComponent(item.id) === location.hash);
  if (linked >= 0) choose(linked, { zoom: true });
  else
    details.append(element('p', 'Select an Item on the map or in the list to see its properties.'));
})();
