// Serves telegram-test-api on 127.0.0.1:<first argument>; everything it prints goes to standard error.
console.log = console.error;
console.info = console.error;
console.debug = console.error;

// Without this line the process dies when the bot's webhook refuses a connection or answers 400 and above.
process.on('unhandledRejection', (error) => console.error('[emulator] ignored:', error.message));

const TelegramServer = require('telegram-test-api');

new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1', storeTimeout: 3600 })
  .start()
  .then(() => console.error('ready'));
