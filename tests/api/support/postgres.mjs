// One fresh PostgreSQL database per server, made and dropped with psql.
import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';

const admin = process.env.MEDLEY_TEST_POSTGRES;

export const usesPostgres = process.env.MEDLEY_TEST_DATABASE === 'postgres';
if (usesPostgres && !admin) throw new Error('MEDLEY_TEST_DATABASE=postgres needs MEDLEY_TEST_POSTGRES');

export const psql = (url, sql) => execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, url],
  {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']}).trim();

export function createDatabase() {
  const name = `medley_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  psql(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {url: url.href, drop: () => psql(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)};
}
