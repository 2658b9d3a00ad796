//! Dice that always fall the same way: the demo's only source of chance, so that an as-of day gives one city.

/// SplitMix64. Not for secrets.
pub struct Dice(u64);

impl Dice {
    /// Every purpose has dice of its own: adding a family must not change the others.
    pub fn new(seed: i32, purpose: &str, number: usize) -> Dice {
        let mut state = u64::from(seed.unsigned_abs());
        for byte in purpose.bytes() {
            state = state.wrapping_mul(0x100_0000_01b3) ^ u64::from(byte);
        }
        let number = u64::try_from(number).unwrap_or(0);
        let mut dice = Dice(state ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `lo` to `hi`, both inclusive.
    pub fn between(&mut self, lo: i32, hi: i32) -> i32 {
        let range = u64::from(hi.saturating_sub(lo).max(0).unsigned_abs()) + 1;
        lo + i32::try_from(self.next() % range).unwrap_or(0)
    }

    pub fn percent(&mut self, percent: i32) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let range = u64::try_from(list.len()).unwrap_or(1).max(1);
        &list[usize::try_from(self.next() % range).unwrap_or(0)]
    }
}
