// What attacks in JavaScript have at their disposal.
const fs = require('fs'), net = require('net'), dgram = require('dgram');
const child_process = require('child_process'), worker_threads = require('worker_threads');
const MiB = 1 << 20;
const told = name => fs.readFileSync(name, 'utf8');
const own = prefix => prefix + '-' + process.getuid();
const say = line => fs.writeSync(1, line + '\n');
const leave = () => process.reallyExit(0);

// judge says whether something failed in just the way in which its layer fails
// it. An error of another kind shows nothing.
function judge(error, how) {
	const code = error && (error.info || error).code;
	say(!error ? 'broken' : code === how ? 'held' : 'failed: ' + error.stack);
	leave();
}

// fails is for what fails at once.
function fails(how, f) {
	let error;
	try { f(); } catch (e) { error = e; }
	judge(error, how);
}

// failsLater is for what reports its error, or its success, as an event.
function failsLater(how, emitter, success) {
	emitter.on('error', error => judge(error, how));
	emitter.on(success, () => judge(null, how));
}

// hold keeps what the program has, and says that it could.
function hold() {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000 * process.env.PATIENCE);
	say('broken: it could be kept');
	leave();
}

// put writes so many MiB.
function put(fd, mib) {
	const data = Buffer.alloc(MiB, 1);
	for (let i = 0; i < mib; i++) fs.writeSync(fd, data);
}

function putDeleted(name, mib) {
	const fd = fs.openSync(name, 'w+');
	fs.unlinkSync(name);
	put(fd, mib);
}
