//! A persistent ordered map: a clone shares all its nodes, and a change copies those on its path that are shared.

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::mem;
use std::sync::Arc;

/// A treap whose priorities are hashes of its keys, so its shape depends on what is in it and on nothing else.
#[derive(Debug)]
pub struct Map<K, V>(Option<Arc<Node<K, V>>>);

pub type Set<K> = Map<K, ()>;

#[derive(Clone, Debug)]
struct Node<K, V> {
    key: K,
    value: V,
    priority: u64,
    left: Map<K, V>,
    right: Map<K, V>,
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Map(self.0.clone())
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map(None)
    }
}

impl<K: Ord, V> Map<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        let mut at = self;
        while let Some(node) = &at.0 {
            at = match key.cmp(&node.key) {
                Ordering::Less => &node.left,
                Ordering::Greater => &node.right,
                Ordering::Equal => return Some(&node.value),
            };
        }
        None
    }

    pub fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    pub fn iter(&self) -> Iter<'_, K, V> {
        let mut iter = Iter { ahead: Vec::new() };
        iter.descend(self);
        iter
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }
}

impl<K: Ord + Hash + Clone, V: Clone> Map<K, V> {
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let node = Arc::make_mut(self.0.as_mut()?);
        match key.cmp(&node.key) {
            Ordering::Less => node.left.get_mut(key),
            Ordering::Greater => node.right.get_mut(key),
            Ordering::Equal => Some(&mut node.value),
        }
    }

    pub fn insert(&mut self, key: K, value: V) {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        self.put(key, value, hasher.finish());
    }

    fn put(&mut self, key: K, value: V, priority: u64) {
        match &mut self.0 {
            Some(node) if node.priority >= priority => {
                let node = Arc::make_mut(node);
                match key.cmp(&node.key) {
                    Ordering::Less => node.left.put(key, value, priority),
                    Ordering::Greater => node.right.put(key, value, priority),
                    Ordering::Equal => node.value = value,
                }
            }
            _ => {
                let (left, right) = mem::take(self).split(&key);
                self.0 = Some(Arc::new(Node { key, value, priority, left, right }));
            }
        }
    }

    pub fn remove(&mut self, key: &K) {
        let Some(node) = &mut self.0 else { return };
        let node = Arc::make_mut(node);
        match key.cmp(&node.key) {
            Ordering::Less => node.left.remove(key),
            Ordering::Greater => node.right.remove(key),
            Ordering::Equal => *self = Self::join(mem::take(&mut node.left), mem::take(&mut node.right)),
        }
    }

    /// What is before the key, which is not in the map, and what is behind it.
    fn split(mut self, key: &K) -> (Self, Self) {
        let Some(root) = &mut self.0 else { return Default::default() };
        let node = Arc::make_mut(root);
        if node.key < *key {
            let (middle, after) = mem::take(&mut node.right).split(key);
            node.right = middle;
            (self, after)
        } else {
            let (before, middle) = mem::take(&mut node.left).split(key);
            node.left = middle;
            (before, self)
        }
    }

    /// All of both, where every key of the first is before every key of the second.
    fn join(mut before: Self, mut after: Self) -> Self {
        match (&mut before.0, &mut after.0) {
            (None, _) => after,
            (_, None) => before,
            (Some(first), Some(second)) => {
                if first.priority >= second.priority {
                    let node = Arc::make_mut(first);
                    node.right = Self::join(mem::take(&mut node.right), after);
                    before
                } else {
                    let node = Arc::make_mut(second);
                    node.left = Self::join(before, mem::take(&mut node.left));
                    after
                }
            }
        }
    }
}

pub struct Iter<'a, K, V> {
    ahead: Vec<&'a Node<K, V>>,
}

impl<'a, K, V> Iter<'a, K, V> {
    fn descend(&mut self, mut map: &'a Map<K, V>) {
        while let Some(node) = &map.0 {
            self.ahead.push(node);
            map = &node.left;
        }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.ahead.pop()?;
        self.descend(&node.right);
        Some((&node.key, &node.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn it_does_what_a_btree_map_does_and_its_clones_stay() {
        let (mut map, mut witness) = (Map::default(), BTreeMap::new());
        let mut clones = Vec::new();
        let mut seed = 1u64;
        for round in 0..5000 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let key = (seed >> 33) % 97;
            match seed >> 61 {
                0..=3 => {
                    map.insert(key, round);
                    witness.insert(key, round);
                }
                4..=5 => {
                    map.remove(&key);
                    witness.remove(&key);
                }
                _ => {
                    if let (Some(one), Some(other)) = (map.get_mut(&key), witness.get_mut(&key)) {
                        *one += 1;
                        *other += 1;
                    }
                }
            }
            assert_eq!(map.get(&key), witness.get(&key));
            if round % 100 == 0 {
                clones.push((map.clone(), witness.clone()));
            }
        }
        for (map, witness) in clones {
            assert!(map.iter().eq(witness.iter()));
        }
    }
}
