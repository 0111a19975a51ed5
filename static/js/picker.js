// Picker: arrows and Enter over the options of a listbox, while the focus stays in the field that filters them.
export class Picker {
  constructor(list, field, choose) {
    Object.assign(this, { list, field, choose });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // The field keeps the focus.
    list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.choose(option);
    });
  }

  get options() {
    return [...this.list.querySelectorAll('[role="option"]')];
  }

  get current() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  select(option) {
    for (const other of this.options) other.setAttribute("aria-selected", String(other === option));
    option?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  first() {
    this.select(this.options[0]);
  }

  // True when the key was for the list.
  key(event) {
    const all = this.options;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && all.length) this.select(all[(all.indexOf(this.current) + by + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && this.current && !event.isComposing) this.choose(this.current);
    else return false;
    event.preventDefault();
    return true;
  }
}
