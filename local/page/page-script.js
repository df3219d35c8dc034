/* global document, location, history, window, ResizeObserver, createMap */
'use strict';

// This script runs in the page. Items are untrusted, so their text is set as textContent, never as HTML.
(() => {
  const items = JSON.parse(document.getElementById('data').textContent);
  // One line for each Item: only the chosen one is parsed.
  const records = document.getElementById('records').textContent.split('\n');
  const [list, details, search, count] = ['list', 'details', 'search', 'count'].map((id) =>
    document.getElementById(id),
  );
  /** Indices of the Items that fit the search. The list has rows for those only that are in sight. */
  let shown = [];
  let chosen = -1;
  /** Rows above and below the visible ones. */
  const ROWS_AROUND = 10;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function rowOf(place) {
    const index = shown[place];
    const item = items[index];
    const isChosen = index === chosen;
    const button = element('button', undefined, { type: 'button', 'aria-pressed': isChosen });
    button.append(element('span', item.id, { class: 'id', title: item.id }));
    const noFootprint = item.path ? '' : ' (no footprint)';
    button.append(element('span', item.datetime + noFootprint, { class: 'when' }));
    const row = element('li', undefined, {
      'aria-setsize': shown.length,
      'aria-posinset': place + 1,
    });
    row.append(button);
    row.dataset.place = place;
    return row;
  }

  function drawRows() {
    const height = rowHeight();
    const first = Math.max(Math.floor(list.scrollTop / height) - ROWS_AROUND, 0);
    const end = Math.ceil((list.scrollTop + list.clientHeight) / height) + ROWS_AROUND;
    const places = shown.slice(first, end).map((_, offset) => first + offset);
    const focused = placeOf(document.activeElement);
    list.replaceChildren(
      spacer(first * height),
      ...places.map(rowOf),
      spacer((shown.length - first - places.length) * height),
    );
    if (focused !== undefined) focusRow(focused);
  }

  function spacer(height) {
    const made = element('li', undefined, { class: 'spacer', 'aria-hidden': 'true' });
    made.style.height = `${height}px`;
    return made;
  }

  function rowHeight() {
    return parseFloat(window.getComputedStyle(list).getPropertyValue('--row'));
  }

  function placeOf(target) {
    const place = target?.closest?.('#list li')?.dataset.place;
    return place === undefined ? undefined : Number(place);
  }

  function focusRow(place) {
    list.querySelector(`[data-place="${place}"] button`)?.focus({ preventScroll: true });
  }

  function scrollTo(place) {
    const [height, top] = [rowHeight(), list.scrollTop];
    if (place * height < top) list.scrollTop = place * height;
    else if ((place + 1) * height > top + list.clientHeight)
      list.scrollTop = (place + 1) * height - list.clientHeight;
  }

  function choose(index, { zoom = false } = {}) {
    const item = items[index];
    if (!item) return;
    chosen = index;
    scrollTo(shown.indexOf(index));
    drawRows();
    map.choose(index, zoom);
    showDetails(item.id, JSON.parse(records[index]));
    history.replaceState(null, '', '#' + encodeURIComponent(item.id));
  }

  function showDetails(id, { properties, base, assets }) {
    details.replaceChildren(element('h2', id));
    details.append(table(Object.entries(properties).map(([key, value]) => [key, asText(value)])));
    details.append(element('h3', 'Assets'));
    details.append(table(assets.map(({ key, href }) => [key, base + href])));
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

  function moveInList(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const place = placeOf(event.target);
    if (!step || place === undefined) return;
    event.preventDefault();
    const next = place + step;
    if (next < 0 || next >= shown.length) return;
    scrollTo(next);
    drawRows();
    focusRow(next);
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    const fits = items.map(({ id, datetime }) =>
      (id + ' ' + datetime).toLowerCase().includes(wanted),
    );
    shown = items.map((_, index) => index).filter((index) => fits[index]);
    list.scrollTop = 0;
    drawRows();
    map.filter(fits);
    count.textContent = `${shown.length} of ${items.length} Items`;
  }

  const map = createMap(items, { onChoose: choose });
  list.addEventListener('click', (event) => {
    const place = placeOf(event.target);
    if (place !== undefined) choose(shown[place], { zoom: true });
  });
  list.addEventListener('keydown', moveInList);
  list.addEventListener('scroll', drawRows);
  new ResizeObserver(drawRows).observe(list);
  search.addEventListener('input', filter);
  filter();
  const linked = items.findIndex((item) => '#' + encodeURIComponent(item.id) === location.hash);
  if (linked >= 0) choose(linked, { zoom: true });
  else
    details.append(element('p', 'Select an Item on the map or in the list to see its properties.'));
})();
