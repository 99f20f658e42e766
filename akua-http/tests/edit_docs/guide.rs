//! A guide's copies of the scenes: each stands in the fenced block after a line `<!-- scene N -->`.

use akua_http::BoxError;

const FENCE: &str = "```";

/// `guide` with the scenes that it quotes as they were `shown`. Each must be quoted once.
pub(crate) fn with_scenes(guide: &str, shown: &[String]) -> Result<String, BoxError> {
    let mut lines = guide.lines();
    let mut text = String::new();
    let mut quoted = Vec::new();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let Some(number) = line
            .strip_prefix("<!-- scene ")
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let number: usize = number.parse()?;
        let scene = number.checked_sub(1).and_then(|index| shown.get(index));
        let scene = scene.ok_or_else(|| format!("the guide quotes scene {number}, which there is not"))?;
        if !lines.next().is_some_and(|line| line.starts_with(FENCE)) || !lines.any(|line| line == FENCE) {
            return Err(format!("no fenced block follows the mark of scene {number} in the guide").into());
        }
        text.push_str(&format!("{FENCE}text\n{}\n{FENCE}\n", scene.trim_end()));
        quoted.push(number);
    }
    quoted.sort_unstable();
    if quoted != (1..=shown.len()).collect::<Vec<_>>() {
        return Err(format!("the guide quotes the scenes {quoted:?}, and there are {}", shown.len()).into());
    }
    Ok(text)
}
