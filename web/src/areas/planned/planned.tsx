export default function P({ area }: { area: string }) { return <p>{area}</p>; }
