// Text in Rust. Build: rustc --target wasm32-unknown-unknown -C opt-level=s -C strip=symbols -C panic=abort
//     --crate-type cdylib -o text.wasm text.rs
//
// CREATE FUNCTION initials(name varchar) RETURNS varchar LANGUAGE wasm AS '.../text.wasm'
// CREATE FUNCTION first_of(a varchar, b varchar) RETURNS varchar LANGUAGE wasm CALLED ON NULL INPUT AS '.../text.wasm'

/// A column of a batch. Of text and bytes `values` are `rows + 1` offsets into `data`;
/// `valid` is null if no row is NULL.
#[repr(C)]
pub struct Column {
    values: *mut u8,
    data: *mut u8,
    valid: *mut u8,
}

#[link(wasm_import_module = "glaux")]
extern "C" {
    fn fail(text: *const u8, bytes: u32) -> !;
}

/// Memory for arguments: Glaux keeps it for its next calls and asks again for more.
#[no_mangle]
pub extern "C" fn glaux_alloc(bytes: u32) -> *mut u8 {
    let words = vec![0u64; (bytes as usize + 7) / 8];
    Box::leak(words.into_boxed_slice()).as_mut_ptr() as *mut u8
}

impl Column {
    /// The text of a row, None if that is NULL.
    unsafe fn text(&self, row: usize) -> Option<&str> {
        if !self.valid.is_null() && *self.valid.add(row) == 0 {
            return None;
        }
        let offsets = self.values as *const u32;
        let (from, to) = (*offsets.add(row) as usize, *offsets.add(row + 1) as usize);
        let bytes = std::slice::from_raw_parts(self.data.add(from), to - from);
        Some(std::str::from_utf8_unchecked(bytes)) // Glaux passes valid text
    }

    /// Fills a column of texts. They stay where they are until the next call.
    unsafe fn fill<'a>(&mut self, rows: u32, mut text: impl FnMut(usize, &mut String) -> Option<()>) {
        static mut ALL: String = String::new();
        let all = &mut *std::ptr::addr_of_mut!(ALL);
        all.clear();
        let offsets = self.values as *mut u32;
        for row in 0..rows as usize {
            if text(row, all).is_none() {
                *self.valid.add(row) = 0;
            }
            *offsets.add(row + 1) = all.len() as u32;
        }
        self.data = all.as_mut_ptr();
    }
}

/// The first letters of the words.
#[no_mangle]
pub unsafe extern "C" fn initials(rows: u32, args: *const Column, out: *mut Column) -> i32 {
    let name = &*args;
    (*out).fill(rows, |row, all| {
        let text = name.text(row)?;
        if text.is_empty() {
            let message = "a name is empty";
            fail(message.as_ptr(), message.len() as u32)
        }
        all.extend(text.split_whitespace().filter_map(|w| w.chars().next()).flat_map(char::to_uppercase));
        Some(())
    });
    0
}

/// The first text that is not NULL, like coalesce.
#[no_mangle]
pub unsafe extern "C" fn first_of(rows: u32, args: *const Column, out: *mut Column) -> i32 {
    let (a, b) = (&*args, &*args.add(1));
    (*out).fill(rows, |row, all| {
        all.push_str(a.text(row).or_else(|| b.text(row))?);
        Some(())
    });
    0
}

/// Text repeated until memory is full: what the limit of a query's memory is for.
#[no_mangle]
pub unsafe extern "C" fn flood(rows: u32, args: *const Column, out: *mut Column) -> i32 {
    let seed = &*args;
    (*out).fill(rows, |row, all| loop {
        all.push_str(seed.text(row)?);
    });
    0
}
