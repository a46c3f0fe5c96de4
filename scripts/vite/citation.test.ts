import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { citationsOf } from './citation.ts';

it('CITATION.cff gives an entry for the playground and one for each paper', () => {
  const [playground, vigos, staged] = citationsOf(readFileSync('CITATION.cff', 'utf8'));
  expect(playground.bibtex).toContain('@software{vigos-playground,');
  expect(playground.bibtex).toContain('author = {{The ViGOS Playground developers}}');
  expect(playground.line).toMatch(/^The ViGOS Playground developers: ViGOS Playground, version \d/);
  expect(vigos.bibtex).toBe(`@misc{wang2026seeing,
  title = {{Seeing Before Reasoning: Decoupling Perception and Reasoning for Shortcut-Resilient Multimodal On-Policy Self-Distillation}},
  author = {Wang, Sihan and Liu, Xiyao and Liu, Lianqing and Han, Zhi},
  year = {2026},
  eprint = {2606.19120},
  archivePrefix = {arXiv},
  url = {https://arxiv.org/abs/2606.19120}
}
`);
  expect(staged.line).toMatch(/arXiv 2605\.20177, 2026\.$/);
});

it('what LaTeX takes for its own is written so that it does not', () => {
  const [{ bibtex }] = citationsOf('title: "50 % of A_b {x} \\\\ ~"\nauthors: [{ name: "R & D" }]');
  expect(bibtex).toContain('{50 \\% of A\\_b \\{x\\} \\textbackslash{} \\textasciitilde{}}');
  expect(bibtex).toContain('{R \\& D}');
});

it('a work without an author is refused', () => {
  expect(() => citationsOf('title: x')).toThrow('lacks title or authors');
});
