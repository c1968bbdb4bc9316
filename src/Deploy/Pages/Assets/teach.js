// "Teach it your hand": examples with their classes, a lesson of them, and the way back.
import { learn } from "./lesson.js";

const at = id => document.getElementById(id);

// take() clears the drawing and gives a promise of { image, row } of it, or null; changed() runs when answers change.
export function makeTeacher({ take, changed, draw, say }) {
  let model = null, examples = [];

  function show() {
    at("examples").replaceChildren(...examples.map((example, i) => {
      const item = document.createElement("li"), button = document.createElement("button"), canvas = document.createElement("canvas");
      const name = model.page.classes[example.label];
      canvas.className = "tile";
      draw(canvas, example.image);
      button.append(canvas, name);
      button.setAttribute("aria-label", `Remove example ${i + 1}: ${name}`);
      button.addEventListener("click", () => {
        examples.splice(i, 1);
        show();
        (at("examples").querySelectorAll("button")[Math.min(i, examples.length - 1)] ?? at("pad")).focus();
      });
      item.append(button);
      return item;
    }));
    at("learn").disabled = examples.length === 0;
    at("forget").disabled = !model.lesson && examples.length === 0;
  }

  async function keep(label) {
    const name = model.page.classes[label], drawing = take();
    if (!drawing) return tell(`Draw a ${model.page.thing} first, then say that it is ${name}.`);
    const { image, row } = await drawing;
    examples.push({ image, embedding: row.embedding, known: model.known(row), label });
    show();
    tell(`${examples.length} example${examples.length > 1 ? "s" : ""}; the last is ${name}.`);
  }

  const tell = text => { at("taught").textContent = text; };

  async function teach() {
    const begin = performance.now();
    at("learn").disabled = true;
    tell("Learning ...");
    model.lesson = await learn(model, examples);
    const { losses } = model.lesson, seconds = (performance.now() - begin) / 1000;
    tell(`Learned from ${examples.length} example${examples.length > 1 ? "s" : ""} in ${seconds.toFixed(2)} s: loss `
      + `${losses[0].toFixed(2)}, at the end ${losses.at(-1).toFixed(2)}. Answers follow them from now on.`);
    Object.assign(at("taught").dataset, { seconds });
    show();
    changed();
  }

  function forget() {
    [model.lesson, examples] = [null, []];
    show();
    tell("Forgotten: answers are the model's own again.");
    at("pad").focus();
    changed();
  }

  at("learn").addEventListener("click", () => teach().catch(error => { say(error.message); show(); }));
  at("forget").addEventListener("click", forget);
  // A key names the drawing while the pad or the lesson has the focus.
  at("drawing").addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || !at("lesson").open) return;
    const { classes } = model.page, areWords = classes.every(name => [...name].length > 1), isNumber = /^[0-9]$/.test(event.key);
    const label = areWords && isNumber ? Number(event.key) : classes.indexOf(event.key);
    if (label < 0 || label >= classes.length) return;
    event.preventDefault();
    keep(label).catch(error => say(error.message));
  });

  return {
    open(opened) {
      [model, examples] = [opened, []];
      const { classes } = model.page;
      at("lesson").hidden = classes.length < 2;
      at("labels").replaceChildren(...classes.map((name, label) => {
        const button = Object.assign(document.createElement("button"), { textContent: name });
        button.addEventListener("click", () => keep(label).catch(error => say(error.message)));
        return button;
      }));
      tell("");
      show();
    },
  };
}
