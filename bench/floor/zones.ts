// Floor of P1: a bare node:http server that reads the zone rows and writes them as JSON. No routing, no checks.
// node bench/floor/zones.ts <mysql url>; prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import mysql from 'mysql2/promise';

const pool = mysql.createPool({ uri: process.argv[2]!, connectionLimit: 16, timezone: 'Z' });

const server = createServer((_request, response) => {
  pool.query('SELECT * FROM zone').then(
    ([rows]) => {
      response.setHeader('content-type', 'application/json; charset=UTF-8');
      response.end(JSON.stringify({ listzonesresponse: { count: (rows as unknown[]).length, zone: rows } }));
    },
    (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    },
  );
});

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
