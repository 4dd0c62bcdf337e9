export default function St() { return null; }
