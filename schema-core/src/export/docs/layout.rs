//! Places boxes and the lines between them; the work is dagre's, one connected part at a time.

use std::collections::{BTreeMap, BTreeSet};

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

/// What references one table is placed below each other, up to so many in one column.
const TALL: usize = 6;
/// Up to so many tables all lines are drawn around the boxes.
const FEW: usize = 24;
/// More tables than these in one piece are taken apart.
const MANY: usize = 40;
/// Between the parts of a diagram.
const GAP: f64 = 48.0;
/// Between the tables that nothing is connected with.
const NARROW: f64 = 24.0;
/// Around the boxes of a group.
pub(super) const FRAME: f64 = 20.0;
/// Room for the name of a group.
pub(super) const HEAD: f64 = 44.0;

/// A box to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Which group it is in.
    pub(super) cluster: usize,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line from a box to the one that it references.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) points: Vec<(f64, f64)>,
    /// It goes around the boxes; else it is straight, and they lie above it.
    pub(super) routed: bool,
}

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The boxes, in the order given.
    pub(super) items: Vec<Rect>,
    /// The lines, in the order given.
    pub(super) lines: Vec<Line>,
    /// What is around the boxes of a group: the group, and where.
    pub(super) clusters: Vec<(usize, Rect)>,
}

/// Places boxes; `edges` lead from a box to another, or to itself.
pub(super) fn layout(items: &[Item], edges: &[(usize, usize)]) -> Layout {
    let clusters: BTreeSet<usize> = items.iter().map(|item| item.cluster).collect();
    let mut groups: Vec<Part> = clusters
        .iter()
        .map(|&cluster| {
            let group = group(cluster, items, edges);
            if clusters.len() > 1 {
                group.framed(cluster)
            } else {
                group
            }
        })
        .collect();
    groups.sort_by(|a, b| b.height.total_cmp(&a.height));
    let area: f64 = groups
        .iter()
        .map(|it| (it.width + GAP) * (it.height + GAP))
        .sum();
    // About the shape of a screen.
    let all = shelves(&groups, GAP, (area * 1.7).sqrt());
    let mut out = Layout {
        width: all.width,
        height: all.height,
        items: vec![Rect::default(); items.len()],
        lines: vec![Line::default(); edges.len()],
        clusters: all.clusters,
    };
    for (at, rect) in all.items {
        out.items[at] = rect;
    }
    for (at, points) in all.lines {
        out.lines[at] = Line {
            points,
            routed: true,
        };
    }
    for (line, &(from, to)) in out.lines.iter_mut().zip(edges) {
        let (from, to) = (&out.items[from], &out.items[to]);
        if from == to {
            *line = Line {
                points: looped(from),
                routed: true,
            };
        } else if line.points.is_empty() {
            line.points = direct(from, to);
        }
    }
    out
}

/// Places the boxes of one group.
fn group(cluster: usize, items: &[Item], edges: &[(usize, usize)]) -> Part {
    let nodes: Vec<usize> = (0..items.len())
        .filter(|&at| items[at].cluster == cluster)
        .collect();
    let inner: BTreeSet<(usize, usize)> = edges
        .iter()
        .copied()
        .filter(|(from, to)| {
            from != to && items[*from].cluster == cluster && items[*to].cluster == cluster
        })
        .collect();
    let (near, sets) = untangle(nodes.len(), items.len(), &inner);
    let mut parts: Vec<Part> = sets
        .iter()
        .map(|set| part(set, items, &near, edges))
        .collect();
    let placed: BTreeSet<usize> = sets.into_iter().flatten().collect();
    let alone: Vec<usize> = nodes
        .iter()
        .copied()
        .filter(|at| !placed.contains(at))
        .collect();
    // What everything references comes first.
    let (hubs, alone) = alone
        .into_iter()
        .partition::<Vec<usize>, _>(|at| inner.iter().any(|(_, to)| to == at));
    parts.sort_by(|a, b| b.height.total_cmp(&a.height));
    let area: f64 = nodes
        .iter()
        .map(|&at| (items[at].width + GAP) * (items[at].height + GAP))
        .sum();
    let widest = parts.iter().map(|part| part.width).fold(0.0, f64::max);
    let limit = widest.max((area * 1.7).sqrt());
    let mut all: Vec<Part> = Vec::new();
    if !hubs.is_empty() {
        all.push(grid(&hubs, items, limit));
    }
    all.append(&mut parts);
    if !alone.is_empty() {
        all.push(grid(&alone, items, limit));
    }
    shelves(&all, GAP, limit)
}

/// Leaves out the lines to what very many reference, until what is connected can be told apart.
fn untangle(
    own: usize,
    count: usize,
    edges: &BTreeSet<(usize, usize)>,
) -> (BTreeSet<(usize, usize)>, Vec<Vec<usize>>) {
    let mut incoming: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, to) in edges {
        *incoming.entry(*to).or_default() += 1;
    }
    let mut near = edges.clone();
    let mut sets = connected(count, &near);
    for limit in [12, 8, 5, 3, 2] {
        let largest = sets.iter().map(Vec::len).max().unwrap_or_default();
        if own <= FEW || largest <= MANY && limit < 12 {
            break;
        }
        near.retain(|(_, to)| incoming[to] <= limit);
        sets = connected(count, &near);
    }
    (near, sets)
}

/// Leads from a box to another that is not near, at the sides that face each other.
fn direct(from: &Rect, to: &Rect) -> Vec<(f64, f64)> {
    let right = from.x + from.width / 2.0 < to.x + to.width / 2.0;
    let (start, end) = if right {
        (from.x + from.width, to.x)
    } else {
        (from.x, to.x + to.width)
    };
    vec![
        (start, (from.y + from.height / 2.0).round()),
        (end, (to.y + to.height / 2.0).round()),
    ]
}

/// Leads from a box to itself.
fn looped(rect: &Rect) -> Vec<(f64, f64)> {
    let (right, top) = (rect.x + rect.width, rect.y);
    vec![
        (right, top + 14.0),
        (right + 14.0, top + 14.0),
        (right + 14.0, top - 10.0),
        (right - 20.0, top - 10.0),
        (right - 20.0, top),
    ]
}

/// What is placed on its own, beginning at zero.
#[derive(Clone, Default)]
struct Part {
    width: f64,
    height: f64,
    items: Vec<(usize, Rect)>,
    lines: Vec<(usize, Vec<(f64, f64)>)>,
    clusters: Vec<(usize, Rect)>,
}

/// Returns the sets of boxes that lines connect, the largest first.
fn connected(count: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..count).collect();
    fn find(root: &[usize], mut at: usize) -> usize {
        while root[at] != at {
            at = root[at];
        }
        at
    }
    for &(a, b) in edges {
        let (a, b) = (find(&root, a), find(&root, b));
        let (low, high) = (a.min(b), a.max(b));
        root[high] = low;
    }
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..count {
        sets.entry(find(&root, at)).or_default().push(at);
    }
    let mut sets: Vec<Vec<usize>> = sets.into_values().filter(|set| set.len() > 1).collect();
    sets.sort_by_key(|set| std::cmp::Reverse(set.len()));
    sets
}

/// Places the boxes that lines connect, what is referenced at the left.
fn part(
    nodes: &[usize],
    items: &[Item],
    near: &BTreeSet<(usize, usize)>,
    edges: &[(usize, usize)],
) -> Part {
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(GraphOptions {
        directed: true,
        multigraph: false,
        compound: true,
    });
    for &at in nodes {
        let label = NodeLabel {
            width: items[at].width,
            height: items[at].height,
            ..NodeLabel::default()
        };
        graph.set_node(at.to_string(), Some(label));
    }
    let own: BTreeSet<(usize, usize)> = near
        .iter()
        .copied()
        .filter(|(from, _)| nodes.contains(from))
        .collect();
    let mut leaves: BTreeMap<usize, usize> = BTreeMap::new();
    for &(from, to) in &own {
        // What many reference would make one column of them all.
        let leaf = !own.iter().any(|&(_, other)| other == from);
        let count = leaves.entry(to).or_default();
        let minlen = if leaf {
            1 + i32::try_from(*count / TALL).unwrap_or(1)
        } else {
            1
        };
        *count += usize::from(leaf);
        let label = EdgeLabel {
            minlen,
            ..EdgeLabel::default()
        };
        graph.set_edge(to.to_string(), from.to_string(), Some(label), None);
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: 24.0,
        edgesep: 10.0,
        ranksep: 56.0,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));

    let mut part = Part::default();
    for &at in nodes {
        let Some(node) = graph.node(&at.to_string()) else {
            continue;
        };
        let (x, y) = (node.x.unwrap_or_default(), node.y.unwrap_or_default());
        let rect = Rect {
            x: (x - node.width / 2.0).round(),
            y: (y - node.height / 2.0).round(),
            width: items[at].width,
            height: items[at].height,
        };
        part.items.push((at, rect));
    }
    for (at, (from, to)) in edges
        .iter()
        .enumerate()
        .filter(|(_, edge)| own.contains(edge))
    {
        let edge = graph.edge(&to.to_string(), &from.to_string(), None);
        let points = edge.map(|edge| {
            edge.points
                .iter()
                .rev()
                .map(|p| (p.x.round(), p.y.round()))
                .collect()
        });
        part.lines.push((at, points.unwrap_or_default()));
    }
    part.at_zero()
}

/// Places boxes without lines, row by row.
fn grid(nodes: &[usize], items: &[Item], limit: f64) -> Part {
    let boxes: Vec<Part> = nodes
        .iter()
        .map(|&at| {
            let (width, height) = (items[at].width, items[at].height);
            let rect = Rect {
                x: 0.0,
                y: 0.0,
                width,
                height,
            };
            Part {
                width,
                height,
                items: vec![(at, rect)],
                ..Part::default()
            }
        })
        .collect();
    shelves(&boxes, NARROW, limit)
}

impl Part {
    /// Moves all of it to zero.
    fn at_zero(mut self) -> Self {
        let rects = self.items.iter().map(|(_, rect)| *rect);
        let points = self.lines.iter().flat_map(|(_, line)| line);
        let points = points.map(|&(x, y)| Rect {
            x,
            y,
            width: 0.0,
            height: 0.0,
        });
        let Some(all) = rects.chain(points).reduce(|all, rect| all.around(&rect)) else {
            return self;
        };
        self.shift(-all.x, -all.y);
        (self.width, self.height) = (all.width, all.height);
        self
    }

    fn shift(&mut self, x: f64, y: f64) {
        let items = self.items.iter_mut().map(|(_, rect)| rect);
        for rect in items.chain(self.clusters.iter_mut().map(|(_, rect)| rect)) {
            (rect.x, rect.y) = (rect.x + x, rect.y + y);
        }
        for point in self.lines.iter_mut().flat_map(|(_, line)| line) {
            *point = (point.0 + x, point.1 + y);
        }
    }

    /// Draws a frame around it, with room for a name.
    fn framed(mut self, cluster: usize) -> Self {
        self.shift(FRAME, FRAME + HEAD);
        (self.width, self.height) = (self.width + 2.0 * FRAME, self.height + 2.0 * FRAME + HEAD);
        let rect = Rect {
            x: 0.0,
            y: 0.0,
            width: self.width,
            height: self.height,
        };
        self.clusters.push((cluster, rect));
        self
    }
}

impl Rect {
    fn around(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        }
    }
}

/// Puts the parts beside each other up to a width, and then below.
fn shelves(parts: &[Part], gap: f64, limit: f64) -> Part {
    let mut out = Part::default();
    let (mut x, mut y, mut tallest) = (0.0, 0.0, 0.0_f64);
    for part in parts {
        if x > 0.0 && x + part.width > limit {
            (x, y, tallest) = (0.0, y + tallest + gap, 0.0);
        }
        let mut moved = part.clone();
        moved.shift(x, y);
        out.items.append(&mut moved.items);
        out.lines.append(&mut moved.lines);
        out.clusters.append(&mut moved.clusters);
        out.width = out.width.max(x + part.width);
        out.height = out.height.max(y + part.height);
        x += part.width + gap;
        tallest = tallest.max(part.height);
    }
    out
}
