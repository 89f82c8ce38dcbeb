// css/tokens.css and css/dark.css: what is written on a colour can be read, by day and night.

import assert from "node:assert/strict";
import { test } from "node:test";

import { contrast, READABLE, sheetOf } from "./colours.mjs";

const LIGHT = rolesOf("tokens.css");
const DARK = new Map([...LIGHT, ...rolesOf("dark.css")]);

for (const [theme, roles] of Object.entries({ LIGHT, DARK })) {
  test(`${theme}: every ink can be read on its ground`, () => {
    const inks = [...roles.keys()].filter((role) => role.endsWith("-ink"));
    assert.ok(inks.length >= 4);
    for (const ink of inks) {
      const ground = ink.replace("-ink", "");
      assert.ok(contrast(colour(roles, ink), colour(roles, ground)) >= READABLE, ink);
    }
  });
}

/**
 * The roles and colours that a sheet gives to the whole page.
 *
 * @param {string} sheet
 */
function rolesOf(sheet) {
  const roots = [...sheetOf(sheet).matchAll(/^:root \{(.*?)^\}/gms)].map(([, rules]) => rules);
  const declarations = roots.join("\n").matchAll(/--([\w-]+):\s*(#\w{6}|var\(--[\w-]+\));/g);
  return new Map([...declarations].map(([, role, value]) => [role, value]));
}

/**
 * What a role comes to.
 *
 * @param {Map<string, string>} roles
 * @param {string} role
 * @returns {string}
 */
function colour(roles, role) {
  const value = roles.get(role) ?? "";
  const other = /^var\(--([\w-]+)\)$/.exec(value);
  return other === null ? value : colour(roles, other[1]);
}
