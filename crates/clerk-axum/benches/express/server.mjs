// An Express server whose CPU time can be asked for: with and without Clerk's middleware on the same route.
import { createRequire } from 'node:module';

const require = createRequire(`${process.argv[2]}/index.js`);
const express = require('express');
const { clerkMiddleware } = require('@clerk/express');

const hello = (request, response) => response.type('text/plain').send('hello');
const app = express();
app.disable('x-powered-by');
app.get('/cpu', (request, response) => {
  const { user, system } = process.cpuUsage();
  response.type('text/plain').send(String(user + system));
});
app.get('/plain', hello);
app.get('/clerk', clerkMiddleware(), hello);
app.get('/check', clerkMiddleware(), (request, response) => {
  const auth = typeof request.auth === 'function' ? request.auth() : request.auth;
  response.type('text/plain').send(String(auth?.userId));
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
// Rounds of other servers lie between two of these: connections stay open.
server.keepAliveTimeout = 0;
