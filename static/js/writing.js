// Entry point of the writing side. Everything here is an extra: each form works without it.
import "./actions.js";
import "./composer.js";
import "./held.js";
import "./helping.js";
import "./palette.js";
import "./toast.js";
