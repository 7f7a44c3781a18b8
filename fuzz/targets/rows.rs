//! Any bytes as a row of any table: they are refused, or they are a row, which is no larger than they are and which,
//! written, reads as itself. What a length in them promises is not believed (`fuzz/run` limits one allocation).
#![no_main]

use libfuzzer_sys::fuzz_target;
use taproom::fuzzing::Row;

fuzz_target!(|bytes: &[u8]| {
    for row in Row::ALL {
        let Some(written) = row.rewrite(bytes) else { continue };
        assert!(written.len() <= bytes.len(), "{row:?}");
        assert_eq!(row.rewrite(&written).as_ref(), Some(&written), "{row:?}");
        // A row that was cut off is no row.
        let cut = &written[..written.len() - 1];
        assert_eq!(row.rewrite(cut), None, "{row:?}");
    }
});
