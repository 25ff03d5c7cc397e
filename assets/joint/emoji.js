// Emoji of the things that can be meant, as the device of the visitor draws them.

const EMOJI = {
  "dog bark": "🐕", "rain": "🌧️", "sea waves": "🌊", "baby cry": "👶", "clock tick": "⏰", "sneeze": "🤧",
  "helicopter": "🚁", "chainsaw": "🪚", "rooster": "🐓", "fire crackling": "🔥", "bed": "🛏️", "bird": "🐦",
  "cat": "🐱", "dog": "🐶", "happy": "😀", "house": "🏠", "tree": "🌳", "wow": "😮", "up": "⬆", "down": "⬇",
  "left": "⬅", "right": "➡", "stop": "🛑", "yes": "✅", "no": "❌", "on": "🔛", "off": "📴", "go": "🏁",
  "piano": "🎹", "saxophone": "🎷", "horn": "📯", "guitar": "🎸", "strings": "🎻", "singing": "🎤", "drum": "🥁",
  "coffee order": "☕",
};

export const emojiOf = (name) => EMOJI[name] ?? "";
