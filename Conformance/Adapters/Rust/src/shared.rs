//! A value that threads share without a lock: it is never changed, only replaced.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;

/// An `Arc` that can be loaded and replaced by any thread at any time.
///
/// `current` owns one count of its `Arc`. Between the load of the pointer and the increment of its count a reader owns
/// nothing, so a writer must not give up the count of what it replaced while a reader may be there. It puts the value
/// on the stack of those retired instead, and whoever finds no reader after it has taken that stack drops what is on it.
///
/// All accesses are SeqCst: a reader that comes after `readers` was found 0 must find the newer pointer.
pub struct Shared<T> {
    current: AtomicPtr<T>,
    readers: AtomicUsize,
    retired: AtomicPtr<Retired<T>>,
}

struct Retired<T> {
    _value: Arc<T>,
    next: *mut Retired<T>,
}

// SAFETY: all that a Shared hands out, and all that it drops in whatever thread, are Arcs of T.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn new(value: T) -> Self {
        Shared {
            current: AtomicPtr::new(Arc::into_raw(Arc::new(value)).cast_mut()),
            readers: AtomicUsize::new(0),
            retired: AtomicPtr::new(ptr::null_mut()),
        }
    }

    pub fn load(&self) -> Arc<T> {
        self.readers.fetch_add(1, SeqCst);
        let current = self.current.load(SeqCst);
        // SAFETY: it came from Arc::into_raw, and while this reader is counted nobody gives up its count.
        let value = unsafe {
            Arc::increment_strong_count(current);
            Arc::from_raw(current)
        };
        self.readers.fetch_sub(1, SeqCst);
        value
    }

    /// Puts the second value in the place of the first, if it is there still.
    pub fn compare_exchange(&self, before: &Arc<T>, after: T) -> bool {
        let old = Arc::as_ptr(before).cast_mut();
        let new = Arc::into_raw(Arc::new(after)).cast_mut();
        // The caller holds `before`, so its address cannot stand for another value meanwhile.
        let (won, given_up) = match self.current.compare_exchange(old, new, SeqCst, SeqCst) {
            Ok(old) => (true, old),
            Err(_) => (false, new),
        };
        // SAFETY: each came from Arc::into_raw, and `current` does not own its count any more, or never did.
        let given_up = unsafe { Arc::from_raw(given_up) };
        if won {
            self.retire(given_up);
        }
        won
    }

    /// Puts a value in the place of whatever is there.
    pub fn store(&self, value: T) {
        let old = self.current.swap(Arc::into_raw(Arc::new(value)).cast_mut(), SeqCst);
        // SAFETY: as above.
        self.retire(unsafe { Arc::from_raw(old) });
    }

    fn retire(&self, value: Arc<T>) {
        let one = Box::into_raw(Box::new(Retired { _value: value, next: ptr::null_mut() }));
        self.push(one, one);
        if self.readers.load(SeqCst) != 0 {
            return; // likely to be so below too, and then the whole list is walked for nothing
        }
        let first = self.retired.swap(ptr::null_mut(), SeqCst);
        if first.is_null() {
            return;
        }
        if self.readers.load(SeqCst) == 0 {
            drop_all(first);
            return;
        }
        let mut last = first;
        // SAFETY: the list is this thread's alone since the swap.
        unsafe {
            while !(*last).next.is_null() {
                last = (*last).next;
            }
        }
        self.push(first, last);
    }

    fn push(&self, first: *mut Retired<T>, last: *mut Retired<T>) {
        let mut next = self.retired.load(SeqCst);
        loop {
            // SAFETY: until the exchange succeeds the list is this thread's alone.
            unsafe { (*last).next = next };
            match self.retired.compare_exchange(next, first, SeqCst, SeqCst) {
                Ok(_) => return,
                Err(other) => next = other,
            }
        }
    }
}

fn drop_all<T>(mut next: *mut Retired<T>) {
    while !next.is_null() {
        // SAFETY: each came from Box::into_raw, and the list is this thread's alone.
        next = unsafe { Box::from_raw(next) }.next;
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        drop_all(*self.retired.get_mut());
        // SAFETY: it came from Arc::into_raw, and nobody else is left.
        drop(unsafe { Arc::from_raw(*self.current.get_mut()) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_update_is_lost_and_nothing_leaks() {
        let alive = Arc::new(());
        let shared = Shared::new((0, alive.clone()));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        loop {
                            let before = shared.load();
                            if shared.compare_exchange(&before, (before.0 + 1, before.1.clone())) {
                                break;
                            }
                        }
                    }
                });
            }
        });
        assert_eq!(shared.load().0, 40_000);
        drop(shared);
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}
