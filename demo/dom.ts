/** The element of index.html with this id. */
export function byId<Type extends Element>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`index.html lacks the ${type.name} #${id}`);
  return element;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: { text?: string; className?: string } = {},
  ...children: Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (properties.className) element.className = properties.className;
  if (properties.text !== undefined) element.textContent = properties.text;
  element.append(...children);
  return element;
}
