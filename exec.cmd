@rem `npm start` runs `exec node ...`, so that a signal to npm reaches Node.js; cmd.exe, which has no `exec`, runs this.
@%*
